/** Errors of reaching and reading a device. `{device}` is its name or address. */
export const deviceErrors = {
  NO_DEVICES: {
    title: 'No device matches, so there is nothing to do',
    cause: 'The list is empty, or none in it has this group, tag or state, or these words.',
    next: 'Look at the list of devices and at the groups, and choose from what is there.',
  },
  DEVICE_UNREACHABLE: {
    title: '{device} does not answer at {address}',
    cause: 'It is switched off, on another network, or a firewall drops the connection.',
    next: 'Check power and cable, then try again.',
  },
  DEVICE_REFUSED: {
    title: '{device} refuses connections on port {port}',
    cause: 'The device is on, but no SSH server listens there.',
    next: 'balenaOS uses port 22222, other systems 22: check the port and that SSH is enabled.',
  },
  DEVICE_NAME_UNKNOWN: {
    title: 'The name {address} cannot be found',
    cause: 'No computer on this network answers for it.',
    next: 'Check the spelling, or use the IP address of the device.',
  },
  DEVICE_NOT_SSH: {
    title: 'What answers at {place} is not an SSH server',
    cause: 'Another service listens on this port, or it never introduced itself.',
    next: 'Check the port of the device.',
  },
  DEVICE_HANDSHAKE: {
    title: '{device} and Mooring cannot agree on a secure connection',
    cause: 'Its SSH server offers only outdated algorithms, or its host key proof is not valid.',
    next: 'Update the SSH server of the device, or give it an Ed25519 host key.',
  },
  DEVICE_TIMEOUT: {
    title: '{device} took longer than {seconds} s to {phase}',
    cause: 'The device or the link is very slow, or something hangs on the device.',
    next: 'Try again; if it stays, restart the device.',
  },
  DEVICE_LINK_LOST: {
    title: 'The connection to {device} broke while {phase}',
    cause: 'The device restarted, or the network was interrupted.',
    next: 'Try again; what was already written is found and kept.',
  },
  HOST_KEY_UNKNOWN: {
    title: 'The host key of {device} has not been confirmed yet',
    cause: 'Mooring talks only to a device whose identity was confirmed once.',
    next: 'Compare {fingerprint} with the device, then confirm it on its page, for many devices at once under Host keys, or with --host-key.',
  },
  HOST_KEY_CHANGED: {
    title: '{device} shows another host key than the one confirmed',
    cause: 'The device was reflashed, or another machine answers.',
    next: 'It shows {fingerprint} instead of {expected}. If the device was reinstalled, confirm the new key on its page; otherwise find out who answers there.',
  },
  AUTH_REFUSED: {
    title: '{device} does not accept this login for {user}',
    cause: 'The offered {method} was refused.',
    next: 'Choose another key or password for the device, or add the public key to its authorized keys.',
  },
  AUTH_MORE_ASKED: {
    title: '{device} asks {user} for more than a password',
    cause: 'It wants an answer to "{question}", for example a second factor or a new password.',
    next: 'Log in by hand once to see what it wants, or give Mooring a key that needs no second answer.',
  },
  AUTH_KEY_UNREADABLE: {
    title: 'The private key {file} cannot be read',
    cause: '{problem}',
    next: 'Choose an OpenSSH or PEM private key that this user may read.',
  },
  AUTH_KEY_LOCKED: {
    title: 'The private key {file} needs its passphrase',
    cause: 'The key is encrypted and no passphrase was given, or it is wrong.',
    next: 'Enter the passphrase of the key.',
  },
  AUTH_AGENT_MISSING: {
    title: 'No SSH agent is running',
    cause: 'The device is set to log in through the SSH agent, but SSH_AUTH_SOCK points to nothing.',
    next: 'Start the agent and add the key, or choose a key file for the device.',
  },
  SUDO_PASSWORD_WRONG: {
    title: 'sudo on {device} does not accept the password',
    cause: 'The sudo password differs from the login password, or it was mistyped.',
    next: 'Store the right sudo password for {user} on the device page.',
  },
  SUDO_PASSWORD_NEEDED: {
    title: 'sudo on {device} asks for a password',
    cause: '{user} may use sudo only with a password, and none is stored.',
    next: 'Store the sudo password on the device page, or log in as root.',
  },
  SUDO_DENIED: {
    title: '{user} may not use sudo on {device}',
    cause: 'The account is not in the sudoers list, or sudo is not installed.',
    next: 'Add {user} to sudoers on the device, or log in as root.',
  },
  SUDO_NEEDS_TTY: {
    title: 'sudo on {device} insists on a terminal',
    cause: 'requiretty is set in its sudoers file.',
    next: 'Remove requiretty for {user} in sudoers, or log in as root.',
  },
  SCRIPT_NOT_RUN: {
    title: 'The script did not run on {device}',
    cause:
      'The login shell ended before the script began: a forced command, or an `exit` in its start-up file.',
    next: 'Log in by hand and look at what the shell prints; nothing was changed on the device.',
  },
  SHELL_SILENT: {
    title: 'The login shell of {device} does not answer',
    cause:
      'The login was accepted, then nothing happened for {seconds} s: a start-up file of the shell waits for something.',
    next: 'Log in by hand as {user} and see what .profile or .bashrc waits for. Nothing was changed on the device.',
  },
  SCRIPT_UNFINISHED: {
    title: 'The script on {device} ended without its final record',
    cause: 'The device ran out of memory, was restarted, or the script was killed.',
    next: 'Verify the device to see its present state, then push again.',
  },
  DEVICE_OUTPUT_INVALID: {
    title: 'The answer of {device} cannot be understood',
    cause: 'It is larger than 256 KiB or not in the expected form.',
    next: 'Verify the device; if it stays, report it with the log.',
  },
  DEVICE_ENGINE_OPEN: {
    title: 'The engine of {device} takes commands from anyone on the network',
    cause: 'It listens on TCP port 2375 without a login, as balenaOS does in development mode.',
    next: 'Switch development mode off before the device leaves your desk.',
  },
  DEVICE_EXISTS: {
    title: '{address} is already in the list as {device}',
    cause: 'Two devices cannot share address and port.',
    next: 'Open the existing device, or remove it first.',
  },
  IMPORT_PROBLEMS: {
    title: 'Nothing was imported, because of problems in the text: {count}',
    cause: 'The first is line {line}, {field}: {problem}.',
    next: 'Correct them, or import everything else without them.',
  },
  GROUP_LOGIN_MISSING: {
    title: 'The group "{group}" has no login for {device}',
    cause: 'The device is set to log in as its group does, but no key or password was given for the group.',
    next: 'Give the group a login, or the device one of its own.',
  },
  GROUP_IN_USE: {
    title: '{count} devices log in as the group "{group}" does',
    cause: 'Without the group nobody could log in to them.',
    next: 'Give them another login or move them to another group first.',
  },
} as const;
