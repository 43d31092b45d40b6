/** Errors and warnings of pushing trust to a device. */
export const trustErrors = {
  DISK_FULL: {
    title: 'The disk of {device} is full',
    cause: 'There is no space left in {folder}.',
    next: 'Free some space on the device (old images are the usual cause), then push again.',
  },
  READ_ONLY: {
    title: '{folder} on {device} is read-only',
    cause: 'The file system is mounted read-only.',
    next: 'Make the folder writable on the device, then push again. Nothing was changed.',
  },
  WRITE_FAILED: {
    title: '{path} could not be written on {device}',
    cause: '{problem}',
    next: 'Check the device, then push again. What was there before is kept.',
  },
  PERMISSION_DENIED: {
    title: '{user} may not write {folder} on {device}',
    cause: 'Writing there needs root.',
    next: 'Log in as root, or as a user that may use sudo.',
  },
  FOREIGN_FILE: {
    title: '{path} on {device} is not from Mooring and breaks pulls',
    cause: '{problem}',
    next: 'Look at the plan of the device and confirm its replacement, or remove the file by hand.',
  },
  CHANGED_SINCE: {
    title: '{path} on {device} was changed by someone else',
    cause: 'Its content is no longer what Mooring wrote, so undo left it alone.',
    next: 'Look at the file on the device and remove it by hand if it is not needed.',
  },
  CLOCK_WRONG: {
    title: 'The clock of {device} is {offset} {direction}',
    cause: 'The certificate is not valid at the time the device believes it is.',
    next: 'Set the clock of the device (check its network time), then push again.',
  },
  NO_ENGINE: {
    title: '{device} has no container engine',
    cause: 'Neither balenaEngine, Docker nor Podman was found.',
    next: "Docker's folder was prepared; install an engine and verify to prove it.",
  },
  ENGINE_NOT_RUNNING: {
    title: '{engine} on {device} is not running',
    cause: 'The files are in place, but the engine did not answer, so nothing could be proven.',
    next: 'Start the engine on the device, then verify.',
  },
  ENGINE_NOT_ASKED: {
    title: '{engine} on {device} could not be asked to pull',
    cause:
      'The program that would ask it (podman, ctr) is not there, or too many engines were asked already.',
    next: 'The files are in place. Pull an image by hand to see that it works.',
  },
  PROOF_FAILED: {
    title: '{device} could not pull by any name',
    cause: '{problem}',
    next: 'Look at the proofs of the device: each name says what stopped it.',
  },
  PROOF_NOT_SEEN: {
    title: '{device} says it pulled, but the registry never saw it',
    cause: 'The engine used a cached image, a proxy or another registry under this name.',
    next: 'Check proxy settings of the engine and who answers for {name} on its network.',
  },
  NAME_NOT_RESOLVED: {
    title: '{device} cannot resolve {name}',
    cause: 'The device has no mDNS resolver for its engine, or multicast does not reach it.',
    next: 'Use one of the other names on this device, or enable mDNS (avahi and nss-mdns) on it.',
  },
  NAME_UNREACHABLE: {
    title: '{device} cannot reach {name}',
    cause: 'The name points to an address the device has no way to, or a firewall drops the connection.',
    next: 'Check the firewall of this computer, and that both are on the same network.',
  },
  NAME_REFUSED: {
    title: 'Nobody answers {device} at {name}',
    cause: 'The registry is not listening where the name points.',
    next: 'Check that the registry is serving and that the name belongs to this computer.',
  },
  PULL_PROXY: {
    title: 'A proxy keeps the engine on {device} from {name}',
    cause: 'The engine pulls through a proxy, which did not pass this on: {problem}',
    next: 'Add {name} to NO_PROXY in the proxy settings of the engine, restart it, then verify.',
  },
  CA_UNKNOWN: {
    title: 'The engine on {device} does not trust the registry as {name}',
    cause: 'It says x509: certificate signed by unknown authority.',
    next: 'Push trust to the device; if it stays, another registry answers for this name.',
  },
  CERT_NAME_MISMATCH: {
    title: 'The certificate does not cover {name}',
    cause: 'The engine on {device} asked for a name that is not in the certificate.',
    next: 'Add the name on the Certificates page; the certificate is re-issued under the same CA.',
  },
  PULL_UNAUTHORIZED: {
    title: 'The registry refused the pull of {device}',
    cause: '{problem}',
    next: 'Look at Logs for the refused request.',
  },
  PULL_FAILED: {
    title: '{device} could not pull {name}',
    cause: '{problem}',
    next: 'Look at the message of the engine, correct it on the device, then verify.',
  },
  PULL_TIMEOUT: {
    title: 'The pull by {name} on {device} took longer than {seconds} s',
    cause: 'The link is very slow, or packets to the registry are dropped.',
    next: 'Check the network between the device and this computer, then verify.',
  },
  TOOL_MISSING: {
    title: '{device} lacks the program {tool}',
    cause: 'Mooring needs it to work safely there.',
    next: 'Install {tool} on the device, then push again. Nothing was changed.',
  },
  DEVICE_BUSY: {
    title: '{device} is being changed by {who}',
    cause: 'Another Mooring has been writing there since {since}. Two at once would undo each other.',
    next: 'Wait until that run has ended, then try again.',
  },
  USER_FAILED: {
    title: 'Nothing could be done as {user} on {device}',
    cause: 'Files in the home of a user are written as that user, and its shell did not do so.',
    next: 'Check that runuser, setpriv or su works for {user}, then push again.',
  },
  CA_UNCONSTRAINED: {
    title: 'This CA could impersonate any server to the whole device',
    cause:
      'It has no name constraints. In the trust store of the operating system, whoever holds its key could pose as any site to every program on the device: {examples}.',
    next: "Use the engine's own folder, which trusts it for the registry alone, or accept this explicitly.",
  },
  ANCHOR_FAILED: {
    title: 'The trust store of {device} could not be rebuilt',
    cause: '{problem}',
    next: 'The files are {state}. Look at what {tool} says on the device, then {remedy}.',
  },
  RESTART_FAILED: {
    title: '{unit} on {device} did not restart',
    cause: '{problem}',
    next: 'The files are {state}. Look at the log of {unit} on the device, then {remedy}.',
  },
  RESTART_NEEDED: {
    title: '{unit} on {device} must restart to see the change',
    cause: 'It reads the trust store of the system once, when it starts.',
    next: 'When its containers may stop, {remedy}.',
  },
  NOTHING_TO_UNDO: {
    title: 'There is nothing to undo on {device}',
    cause: 'No change by Mooring still stands there.',
    next: 'Nothing needs to be done.',
  },
  CA_REPLACED: {
    title: '{device} trusts an older CA',
    cause: 'The CA of the registry was replaced after trust was put on this device, so its next pull fails.',
    next: 'Push trust to put the CA of today on it.',
  },
  NAMES_CHANGED: {
    title: '{device} knows only former names of the registry',
    cause: 'The names, addresses or port of the registry were changed after trust was put on this device.',
    next: 'Push trust, so that it can pull by the names of today.',
  },
  DRIFTED: {
    title: 'The trust on {device} is no longer what was pushed',
    cause: '{problem}',
    next: 'Push trust again to repair it.',
  },
} as const;
