/** Errors of names and addresses. */
export const namesErrors = {
  NAME_TAKEN: {
    title: '{name} is already used on this network by {holder}',
    cause: 'Another computer answers for this name.',
    next: 'Choose another name, for example {proposal}, or stop the other one.',
  },
  NO_ADDRESS: {
    title: 'No usable network address was found',
    cause: 'This computer has no LAN address that the registry listens on.',
    next: 'Connect to the network, or give an address with --address.',
  },
  MDNS_UNAVAILABLE: {
    title: 'The name cannot be announced on {interface}',
    cause: '{problem}',
    next: 'Devices can still use the address; check that UDP port 5353 is open on this computer.',
  },
} as const;
