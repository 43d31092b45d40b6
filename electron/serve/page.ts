import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, join, resolve, sep } from 'node:path';

/** A file of the built page, ready to be sent. */
export interface Asset {
  status: 200 | 400 | 404;
  type: string;
  body: Buffer;
  /** Named by its content: may be kept for good. */
  isImmutable: boolean;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

const plain = (status: 400 | 404, text: string): Asset => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: Buffer.from(`${text}\n`),
  isImmutable: false,
});

const decode = (path: string): string | null => {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
};

/**
 * Reads one file of the page, never anything outside its folder.
 * @param path of the request, still percent-encoded
 * @param nonce put in the place the page keeps for it
 */
export const readAsset = async (rendererDir: string, path: string, nonce: string): Promise<Asset> => {
  const name = decode(path);
  if (name === null || name.includes('\0') || name.includes('\\')) return plain(400, 'This is not a path.');
  const base = resolve(rendererDir);
  const file = resolve(base, join('.', name === '/' ? 'index.html' : name));
  if (!file.startsWith(base + sep)) return plain(400, 'This is not a path.');
  const type = types[extname(file)];
  const content = type === undefined ? null : await readFile(file).catch(() => null);
  if (type === undefined || content === null) return plain(404, 'There is no such file.');
  const isHtml = extname(file) === '.html';
  const body = isHtml ? Buffer.from(content.toString('utf8').replaceAll('__CSP_NONCE__', nonce)) : content;
  return { status: 200, type, body, isImmutable: name.startsWith('/assets/') };
};

export const createNonce = (): string => randomBytes(16).toString('base64');

/**
 * What the page may load: its own files, styles that carry the nonce, and one connection back to us.
 * @param connect where it may connect, for example `ws://127.0.0.1:4242`
 */
export const contentSecurityPolicy = (nonce: string, connect: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Headers of every answer, also of refusals. */
export const securityHeaders = (policy: string): Record<string, string> => ({
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), clipboard-read=()',
});

const frame = (nonce: string, head: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>Mooring</title><link rel="icon" href="data:,">${head}<style nonce="${nonce}">body{font:16px/1.6 system-ui,sans-serif;max-width:34rem;` +
  `margin:18vh auto;padding:0 1.5rem;color-scheme:light dark}h1{font-size:1.3rem}code{font-size:1.05em}</style>` +
  `</head><body>${body}</body></html>`;

/** Shown for a link that was used or has expired, and to a browser that has no session. */
export const usedLinkPage = (nonce: string): string =>
  frame(
    nonce,
    '',
    '<main><h1>This link does not work any more</h1><p>A link to Mooring works once, for 60 seconds. ' +
      'Run <code>mooring open</code> on this computer for a new one.</p></main>',
  );

/**
 * Where a redeemed link leads: it goes on to the page by itself. A redirect would not do, because the browser leaves out
 * a strict cookie for as long as a navigation counts as begun by another site, and the file that opens it is one.
 */
export const welcomePage = (nonce: string): string =>
  frame(nonce, '<meta http-equiv="refresh" content="0;url=/">', '<main><p>Opening Mooring …</p></main>');
