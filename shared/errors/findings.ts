/** What is found on a device beside errors. `{path}` is the file, `{name}` what it is about. */
export const findingErrors = {
  KEY_WITHOUT_CERT: {
    title: '{path} is a key without its certificate',
    cause:
      'A .key without a .cert of the same name makes every pull from this registry fail: "missing client certificate".',
    next: 'Let Mooring move it away (it is kept for undo), or put its .cert beside it.',
  },
  CERT_WITHOUT_KEY: {
    title: '{path} is a client certificate without its key',
    cause: 'A .cert without a .key of the same name makes every pull from this registry fail: "missing key".',
    next: 'If it is a CA, its name must end in .crt. Let Mooring move it away, or put its .key beside it.',
  },
  LEAF_AS_CA: {
    title: '{path} is a server certificate, not a CA',
    cause: '{problem}',
    next: 'Let Mooring move it away; the CA that Mooring writes beside it is what the engine needs.',
  },
  DER_CERTIFICATE: {
    title: '{path} is in DER form, so engines ignore it',
    cause: 'Container engines read PEM text only and say nothing about other files.',
    next: 'Let Mooring turn it into PEM, if it is still needed.',
  },
  TRUNCATED_CERTIFICATE: {
    title: '{path} is cut short or damaged, so engines ignore it',
    cause: '{problem}',
    next: 'Let Mooring move it away, or put the whole certificate there again.',
  },
  EXPIRED_CA: {
    title: '{path} is a CA that has expired',
    cause: '{problem}',
    next: 'Let Mooring move it away; whatever it vouched for needs a new CA.',
  },
  WRONG_HOST_FOLDER: {
    title: '{path} lies in a folder that is not for this registry',
    cause:
      'The folder is named {folder}, but images of this registry are named {name}: the engine looks in a folder of exactly that name.',
    next: 'Mooring writes the right folder. Let it move this file away if no other registry uses it.',
  },
  HOSTS_TOML_FOREIGN: {
    title: '{path} was written by someone else, so containerd does not see the CA',
    cause: 'Where there is a hosts.toml, containerd trusts what it names and nothing else in the folder.',
    next: 'Add a line ca = "mooring-ca.crt" to its [host] section, or confirm its replacement in the plan.',
  },
  CONTAINERD_NO_CONFIG_PATH: {
    title: 'containerd is not told to look into certs.d',
    cause:
      '{path} sets no config_path for registries, so Kubernetes and crictl do not read the folder there.',
    next: 'Set config_path = "/etc/containerd/certs.d" in the section {section}, then restart containerd. nerdctl and ctr --hosts-dir work without.',
  },
  ENGINE_PROXY: {
    title: '{engine} pulls through the proxy {proxy}',
    cause: 'Its NO_PROXY does not name {name}, so pulls from this registry go to the proxy instead.',
    next: 'Add the registry to NO_PROXY in the proxy settings of the engine, then restart it.',
  },
  TWO_ENGINES: {
    title: 'This device has more than one container engine',
    cause: 'Found: {engines}. Each has its own folder for trust and its own images.',
    next: 'Nothing needs to be done: each gets the CA and its own proof. Choose one of them to leave others alone.',
  },
} as const;

export type FindingCode = keyof typeof findingErrors;
export const findingCodes = Object.keys(findingErrors) as [FindingCode, ...FindingCode[]];
