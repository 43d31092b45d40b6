/** What the short notes of the script mean, for a person. */
const texts = new Map(
  Object.entries({
    '': '',
    mode: 'its mode differs from 0644',
    content: 'its content differs from the CA',
    'not-on-balena': 'balenaOS keeps no change there over a restart; the folder of the engine is what lasts',
    'no-anchor-tool': 'neither update-ca-certificates nor update-ca-trust is there',
    'hosts-line': 'one line for the names of the registry, marked # mooring',
    moved: 'Podman has a folder of its own now',
    'wrong-folder': 'in a folder that no image of this registry is named after',
    der: 'in DER form, which engines ignore; it becomes PEM',
    'foreign-toml': "not Mooring's; containerd trusts what it names",
    stale: 'its name is no longer one of the registry',
    unread: "not Mooring's; the engine does not read it, it stays",
    'other-ca': "not Mooring's; the engine trusts it too, it stays",
    'client-pair': "not Mooring's; a client certificate with its key, it stays",
    'key-without-cert': "not Mooring's; a .key without its .cert breaks every pull from this registry",
    'cert-without-key': "not Mooring's; a .cert without its .key breaks every pull from this registry",
    'changed-since': 'somebody changed it since, so it was left alone',
    'when-empty': 'goes when nothing else is in it',
    'not-empty': 'not empty, so it stays',
  }),
);

/** The note of a change in words; a foreign file that goes says so. */
export const noteText = (note: string, action: string): string => {
  const text = texts.get(note) ?? note;
  return action === 'remove' ? text.replace(', it stays', '; its removal was confirmed') : text;
};
