import { X509Certificate } from 'node:crypto';
import type { TrustFinding } from '#shared/model/trust.ts';
import type { FindingCode } from '#shared/errors/findings.ts';
import { engineName } from './proofs.ts';
import { tell, type RunFacts } from './run-facts.ts';

/** What the words of the script mean for a damaged certificate. */
const damages = new Map(
  Object.entries({
    empty: 'The file is empty.',
    'no-certificate': 'There is no certificate in it.',
    'no-end': 'Its END line is missing: the copy broke off.',
    damaged: 'What is between its BEGIN and END lines is no certificate.',
  }),
);

const repairable: readonly FindingCode[] = [
  'KEY_WITHOUT_CERT',
  'CERT_WITHOUT_KEY',
  'LEAF_AS_CA',
  'DER_CERTIFICATE',
  'TRUNCATED_CERTIFICATE',
  'EXPIRED_CA',
  'WRONG_HOST_FOLDER',
];

const folderOf = (path: string): string => path.split('/').at(-2) ?? '';

const describe = (
  run: RunFacts,
  found: { code: FindingCode; path: string; detail: string },
): TrustFinding => {
  const { code, path, detail } = found;
  const problems: Partial<Record<FindingCode, string>> = {
    TRUNCATED_CERTIFICATE: damages.get(detail) ?? 'It cannot be read.',
    EXPIRED_CA: `It was valid until ${detail}.`,
    LEAF_AS_CA: 'It vouches for no other certificate, so it makes the engine trust nothing.',
  };
  const [engine = '', proxy = '', names = ''] = detail.split(' ');
  const details = {
    ...{ path, name: detail, folder: folderOf(path), section: detail, engines: detail },
    ...(code === 'ENGINE_PROXY' && { engine, proxy, name: names }),
    ...(problems[code] && { problem: problems[code] }),
  };
  const { title, cause, next } = tell(run, code, details);
  return { code, path, title, cause, next, canRepair: repairable.includes(code) };
};

/** Judges a certificate as the device would have, had it had openssl. */
const judge = (pem: Buffer, now: Date): { code: FindingCode; detail: string } | null => {
  try {
    const certificate = new X509Certificate(pem);
    const isSelfSigned = certificate.issuer === certificate.subject;
    if (!certificate.ca) return isSelfSigned ? null : { code: 'LEAF_AS_CA', detail: '' };
    const isOver = Date.parse(certificate.validTo) < now.getTime();
    return isOver ? { code: 'EXPIRED_CA', detail: certificate.validTo } : null;
  } catch {
    return { code: 'TRUNCATED_CERTIFICATE', detail: 'damaged' };
  }
};

const twoEngines = ({ report }: RunFacts) => {
  const engines = report.found.filter(({ user }) => user === null).map(({ engine }) => engineName[engine]);
  return engines.length > 1 ? [{ code: 'TWO_ENGINES' as const, path: '', detail: engines.join(', ') }] : [];
};

/** Does NO_PROXY, as Go reads it, name this host? */
const isExcepted = (except: string, reference: string): boolean => {
  const host = reference.slice(0, reference.lastIndexOf(':'));
  return except.split(',').some((entry) => {
    const name = entry
      .trim()
      .replace(/:\d+$/, '')
      .replace(/^\*?\./, '');
    return name === '*' || (name !== '' && (host === name || host.endsWith(`.${name}`)));
  });
};

const proxied = ({ report, references }: RunFacts) =>
  report.proxies.flatMap(({ engine, proxy, except }) => {
    const names = references.filter((reference) => !isExcepted(except, reference));
    const detail = [engineName[engine].replaceAll(' ', '\u00a0'), proxy, names.join(',\u00a0')].join(' ');
    return names.length > 0 ? [{ code: 'ENGINE_PROXY' as const, path: '', detail }] : [];
  });

/** What on the device breaks or weakens trust, in words. */
export const findingsOf = (run: RunFacts): TrustFinding[] => {
  const { report, now } = run;
  const judged = report.certificates.flatMap(({ path, data }) => {
    const verdict = judge(Buffer.from(data, 'base64'), now);
    return verdict ? [{ ...verdict, path }] : [];
  });
  return [...report.findings, ...judged, ...proxied(run), ...twoEngines(run)].map((found) =>
    describe(run, found),
  );
};
