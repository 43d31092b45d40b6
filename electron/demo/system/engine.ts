import type { Call, Program } from '../shell/programs.ts';
import { FileProblem, type Files } from './files.ts';
import { parseReference, PullProblem, type PullPlace, pullImage } from './pull.ts';

/** What a container engine is, as far as its command line tells. */
export interface EngineAbout {
  program: 'docker' | 'balena-engine';
  version: string;
  /** Where it looks for certificates of registries. */
  certs: string;
}

interface Image {
  id: string;
  /** `repository:tag`. */
  name: string;
  digest: string;
}

/**
 * The CAs that an engine reads for a host; texts of refusals as in Docker. What is no PEM is passed over without a word.
 * @throws PullProblem
 */
const readCerts = (files: Files, folder: string): string[] => {
  const names = files.names(folder);
  const has = (name: string): boolean => names.includes(name);
  for (const name of names) {
    const key = name.replace(/\.cert$/, '.key');
    const cert = name.replace(/\.key$/, '.cert');
    if (name.endsWith('.cert') && !has(key)) {
      throw new PullProblem(
        `missing key ${key} for client certificate ${name}. CA certificates must use the extension .crt`,
      );
    }
    if (name.endsWith('.key') && !has(cert)) {
      throw new PullProblem(`missing client certificate ${cert} for key ${name}`);
    }
  }
  return names
    .filter((name) => name.endsWith('.crt'))
    .map((name) => {
      try {
        return files.read(`${folder}/${name}`);
      } catch (error) {
        if (error instanceof FileProblem) return '';
        throw error;
      }
    })
    .filter((text) => text.includes('-----BEGIN CERTIFICATE-----'));
};

const agentOf = ({ program, version }: EngineAbout, { machine }: Call): string => {
  const { kernel, architecture } = machine.about;
  const arch = architecture === 'aarch64' ? 'arm64' : 'amd64';
  const client = program === 'docker' ? 'Docker-Client' : 'Balena-Engine-Client';
  return `docker/${version} go/go1.20.10 kernel/${kernel} os/linux arch/${arch} UpstreamClient(${client}/${version} \\(linux\\))`;
};

/**
 * A container engine as a program: it pulls from the real registry and trusts only what lies in certs.d of its own device.
 * @param place where the registry is really reached from this computer, whatever name the image has
 */
export const createEngine = (about: EngineAbout, place: () => PullPlace | null): Program => {
  let images: Image[] = [];
  const title = about.program === 'docker' ? 'Docker' : 'balenaEngine';

  const pull = async (call: Call, wanted: string): Promise<number> => {
    const reference = parseReference(wanted);
    const ending = new AbortController();
    call.onEnd(() => ending.abort());
    try {
      if (!reference) throw new PullProblem(`invalid reference format: ${wanted}`);
      const { digest, id } = await pullImage({
        reference,
        certificates: readCerts(call.machine.files, `${about.certs}/${reference.host}`),
        place: place(),
        now: call.machine.now(),
        agent: agentOf(about, call),
        architecture: call.machine.about.architecture === 'aarch64' ? 'arm64' : 'amd64',
        held: images.map((image) => image.digest),
        signal: ending.signal,
      });
      const name = `${reference.repository}:${reference.tag ?? '<none>'}`;
      images = [...images.filter((image) => image.name !== name), { id, name, digest }];
      call.out(`${wanted}\n`);
      return 0;
    } catch (error) {
      if (!(error instanceof PullProblem)) throw error;
      call.error(`Error response from daemon: ${error.message}\n`);
      return 1;
    }
  };

  const remove = (call: Call, names: readonly string[]): number => {
    let status = 0;
    for (const name of names) {
      const before = images.length;
      images = images.filter(
        (image) => image.name !== name && `${image.name.split(':<')[0]}@${image.digest}` !== name,
      );
      if (images.length < before) call.out(`Untagged: ${name}\n`);
      else {
        call.error(`Error: No such image: ${name}\n`);
        status = 1;
      }
    }
    return status;
  };

  return (call) => {
    const [verb = '', ...words] = call.words;
    switch (verb) {
      case '--version':
        call.out(`${title} version ${about.version}, build simulated\n`);
        return 0;
      case 'version':
        call.out(`${about.version}\n`);
        return 0;
      case 'images':
        for (const { id, name, digest } of images) call.out(`${id} ${name} ${digest}\n`);
        return 0;
      case 'pull':
        return pull(call, words.at(-1) ?? '');
      case 'rmi':
        return remove(call, words);
      default:
        call.error(`${about.program}: '${verb}' is not a ${about.program} command.\n`);
        return 1;
    }
  };
};
