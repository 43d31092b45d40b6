import { hostPort } from '#shared/names.ts';

/** Systems as `process.platform` names them, folded into the three that differ here. */
export type System = 'linux' | 'macos' | 'windows';

export const systemOf = (platform: string): System => {
  if (platform === 'darwin') return 'macos';
  return platform === 'win32' ? 'windows' : 'linux';
};

export interface SnippetText {
  label: string;
  code: string;
  note: string;
}

interface Place {
  /** Name devices use, without port. */
  host: string;
  port: number;
  user: string;
  /** Path of the CA certificate on this computer. */
  caFile: string;
}

/** How this computer's own Docker calls the registry: `localhost` needs no CA on Linux, a VM cannot use it. */
export const localReference = (system: System, { host, port }: Pick<Place, 'host' | 'port'>): string =>
  system === 'linux' ? `localhost:${port}` : hostPort(host, port);

/** Log in and push from this computer. */
export const localSnippets = (system: System, place: Place): SnippetText[] => {
  const reference = localReference(system, place);
  return [
    ...trustSnippet(system, place),
    {
      label: 'Log in',
      code: `docker login ${reference} -u ${place.user}`,
      note: 'It asks for the password shown on Access.',
    },
    {
      label: 'Push an image',
      code: `docker tag my-app:1.0 ${reference}/my-app:1.0\ndocker push ${reference}/my-app:1.0`,
      note: '',
    },
  ];
};

/** Docker Desktop runs in a VM and reads the CA from the home folder. */
const trustSnippet = (system: System, { host, port, caFile }: Place): SnippetText[] => {
  const note = 'Then restart Docker Desktop: it reads this folder when it starts.';
  if (system === 'macos') {
    const folder = `~/.docker/certs.d/${hostPort(host, port)}`;
    return [
      { label: 'Trust the registry', code: `mkdir -p ${folder}\ncp "${caFile}" ${folder}/ca.crt`, note },
    ];
  }
  if (system === 'windows') {
    const folder = `$HOME\\.docker\\certs.d\\${host}${port}`;
    return [
      {
        label: 'Trust the registry',
        code: `New-Item -ItemType Directory -Force "${folder}"\nCopy-Item "${caFile}" "${folder}\\ca.crt"`,
        note: `${note} Windows leaves the colon out of the folder name.`,
      },
    ];
  }
  return [];
};

/** What a person types on a device that trusts the registry. */
export const pullSnippet = (
  { host, port }: Pick<Place, 'host' | 'port'>,
  needsLogin = false,
): SnippetText => ({
  label: 'Pull on a device',
  code: `docker pull ${hostPort(host, port)}/my-app:1.0`,
  note:
    'Works once the device trusts the registry: add it under Devices and push trust.' +
    (needsLogin ? ' Its engine has to log in too: the page of the device shows the command.' : ''),
});
