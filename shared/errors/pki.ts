/** Errors of certificates and keys. */
export const pkiErrors = {
  CA_MISSING: {
    title: 'There is no certificate authority yet',
    cause: 'The first run has not been completed.',
    next: 'Create or import one in the first-run steps, or run `mooring up`.',
  },
  CA_KEY_MISSING: {
    title: 'The CA key is not in this folder',
    cause: 'Only the CA certificate is here: Mooring can distribute it, but cannot sign with it.',
    next: 'Import the CA together with its key, or create a new CA.',
  },
  CA_IMPORT_UNREADABLE: {
    title: '{field} is not a readable PEM',
    cause: '{problem}',
    next: 'Choose a file that begins with -----BEGIN.',
  },
  CA_IMPORT_NOT_CA: {
    title: 'This certificate is not a CA',
    cause:
      'The basic constraints of {subject} do not say CA:TRUE, or its key usage forbids signing certificates.',
    next: 'Import the certificate of the authority itself, not one that it issued.',
  },
  CA_IMPORT_EXPIRED: {
    title: 'This CA expired on {notAfter}',
    cause: 'Devices refuse everything an expired CA has signed.',
    next: 'Import its successor, or create a new CA.',
  },
  CA_IMPORT_NOT_YET_VALID: {
    title: 'This CA is valid only from {notBefore}',
    cause: 'It was made for later, or the clock of this computer is behind.',
    next: 'Check the clock, or import the CA when its time has come.',
  },
  CA_IMPORT_WRONG_KEY: {
    title: 'The key does not belong to this CA certificate',
    cause: 'Their public keys differ.',
    next: 'Choose the key that was made together with this certificate.',
  },
  CA_IMPORT_KEY_LOCKED: {
    title: 'The CA key is encrypted and the passphrase does not open it',
    cause: 'No passphrase was given, or it is wrong.',
    next: 'Enter the passphrase of the key.',
  },
  CA_IMPORT_WEAK: {
    title: 'This CA is too weak: {problem}',
    cause: 'Current engines refuse RSA below 2048 bits, SHA-1 and MD5 signatures.',
    next: 'Create a new CA with a current key.',
  },
  CA_IMPORT_UNSUPPORTED: {
    title: 'This kind of key is not supported: {problem}',
    cause: 'Mooring signs with RSA, EC P-256 and EC P-384.',
    next: 'Import a CA with one of those keys.',
  },
  CA_IMPORT_USAGE: {
    title: 'This CA may not issue server certificates',
    cause: 'The extended key usage of {subject} names other purposes only.',
    next: 'Import a CA that is meant for servers, or create a CA in Mooring.',
  },
  CA_IMPORT_EXTENSION: {
    title: 'This CA has a critical extension that engines do not know ({extension})',
    cause: 'Whoever meets a critical extension it does not understand must refuse the certificate.',
    next: 'Import a CA without it, or create a CA in Mooring.',
  },
  CA_IMPORT_PATH_LENGTH: {
    title: 'A CA in this chain may not issue what is needed',
    cause: 'The path length of {subject} leaves no room for a server certificate under this CA.',
    next: 'Ask the owner of the root for an intermediate with enough path length.',
  },
  CA_IMPORT_CHAIN: {
    title: 'The chain up to the root is incomplete',
    cause:
      'An intermediate CA works on devices only together with every certificate up to its root; {missing} is missing.',
    next: 'Append the issuing certificates up to the self-signed root to the PEM.',
  },
  CA_IMPORT_CONSTRAINTS: {
    title: 'This CA may not vouch for {names}',
    cause: 'Its name constraints do not permit the names this registry needs.',
    next: 'Choose names the CA permits ({permitted}), or create a CA in Mooring.',
  },
  CA_EXPIRED: {
    title: 'The CA expired on {notAfter}',
    cause: 'Devices refuse everything an expired CA has signed, so nothing new is signed with it.',
    next: 'Create a new CA on the Certificates page, then push trust to every device.',
  },
  SAN_OUTSIDE: {
    title: '{names} is outside what the CA may vouch for',
    cause: 'One name outside the constraints of the CA would make devices refuse the whole certificate.',
    next: 'Choose a name inside {permitted}, or create a new CA that includes it.',
  },
  PKI_FILE_BROKEN: {
    title: '{file} cannot be read: {problem}',
    cause: 'The file was changed or damaged outside Mooring.',
    next: 'Restore it from a backup, or create a new one on the Certificates page.',
  },
  CRYPTO_UNAVAILABLE: {
    title: 'This runtime lacks {algorithm}',
    cause: 'Mooring uses a fixed list of algorithms that every runtime it supports has.',
    next: 'Use the Node that comes with Mooring (`npm start`).',
  },
} as const;
