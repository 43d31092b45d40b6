import type { ErrorCode } from '#shared/errors.ts';

/** Why a pull failed, as far as the engine's words tell. */
export interface PullVerdict {
  code: ErrorCode;
  /** The engine's own sentence, short. */
  problem: string;
}

/**
 * What engines print, and what it means; the first match counts. Engines give no codes, so their words are all
 * there is. Those are Go's own texts: the same in Docker, balenaEngine and Podman, after prefixes of each.
 */
const table: readonly (readonly [RegExp, ErrorCode])[] = [
  [
    /Cannot connect to the \S+ daemon|Is the \S+ daemon running|dial unix \S+: connect:/,
    'ENGINE_NOT_RUNNING',
  ],
  [
    /proxyconnect |Proxy Authentication Required|": (Forbidden|Bad Gateway|Service Unavailable|Gateway Time-?out)$/m,
    'PULL_PROXY',
  ],
  [/permission denied while trying to connect/, 'PERMISSION_DENIED'],
  [/no space left on device|disk quota exceeded/, 'DISK_FULL'],
  [/x509: certificate has expired or is not yet valid/, 'CLOCK_WRONG'],
  [/x509: certificate signed by unknown authority/, 'CA_UNKNOWN'],
  [/x509: (certificate is (not )?valid for|cannot validate certificate for)/, 'CERT_NAME_MISMATCH'],
  [/x509: certificate relies on legacy Common Name/, 'CERT_NAME_MISMATCH'],
  [/x509: .* not (authorized|permitted)/, 'CERT_NAME_MISMATCH'],
  [/missing (key|client certificate) /i, 'FOREIGN_FILE'],
  [/\blookup \S+?( on \S+)?: /, 'NAME_NOT_RESOLVED'],
  [/connect: connection refused/, 'NAME_REFUSED'],
  [/connect: (no route to host|network is unreachable|host is down)/, 'NAME_UNREACHABLE'],
  [
    /i\/o timeout|Client\.Timeout exceeded|context deadline exceeded|TLS handshake timeout/,
    'NAME_UNREACHABLE',
  ],
  [/\bunauthorized\b|no basic auth credentials|denied: /i, 'PULL_UNAUTHORIZED'],
];

/** Status of a command that its watchdog ended. */
const endedByWatchdog = 143;

const longest = 300;

/** The line that says what went wrong: the last one that is not progress. */
const sentence = (text: string): string => {
  const lines = text
    .split('\n')
    .map((line) => line.replace(/[^\P{C}]/gu, ' ').trim())
    .filter((line) => line !== '');
  const telling =
    lines.findLast((line) => /error|x509|daemon|denied|unknown/i.test(line)) ?? lines.at(-1) ?? '';
  return telling
    .replace(/^(Error response from daemon|Error|time=\S+ level=\w+ msg=):/, '')
    .trim()
    .slice(0, longest);
};

/**
 * Turns what an engine printed when a pull failed into a code.
 * @param status exit status of the pull, null when it is unknown
 */
export const classifyPull = (text: string, status: number | null): PullVerdict => {
  const problem = sentence(text) || 'The engine gave no reason.';
  if (status === endedByWatchdog) return { code: 'PULL_TIMEOUT', problem };
  const match = table.find(([pattern]) => pattern.test(text));
  return { code: match?.[1] ?? 'PULL_FAILED', problem };
};
