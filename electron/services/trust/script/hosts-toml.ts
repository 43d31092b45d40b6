/** The first line of a hosts.toml that Mooring wrote. */
export const tomlMark = '# Written by Mooring. Remove this line to keep your own changes.';

/** For `printf`: the host as it is typed in an image name, twice. */
export const tomlFormat = `${tomlMark}
server = "https://%s"

[host."https://%s"]
  capabilities = ["pull", "resolve", "push"]
  ca = "mooring-ca.crt"
`;

/** What containerd reads for one host (containerd docs/hosts.md); the CA lies beside it. */
export const hostsToml = (host: string): string => tomlFormat.replaceAll('%s', () => host);
