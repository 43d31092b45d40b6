import { app, protocol, session, type WebContents } from 'electron';
import { paths } from '#electron/paths.ts';
import { contentSecurityPolicy, createNonce, readAsset, securityHeaders } from '#electron/serve/page.ts';

const scheme = 'app';
const host = 'mooring';
/** Where the window finds the page. */
export const pageUrl = `${scheme}://${host}/`;

/** Makes `app://` a scheme with an origin of its own. Has to happen before the app is ready. */
export const registerPageScheme = (): void =>
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true } }]);

/** Answers one request of the page from its built files; there is nothing else behind `app://`. */
export const answerPage = async (request: Request): Promise<Response> => {
  const nonce = createNonce();
  const headers = securityHeaders(contentSecurityPolicy(nonce, "'none'"));
  const { hostname } = new URL(request.url);
  if (hostname !== host || request.method !== 'GET') return new Response(null, { status: 403, headers });
  // The raw path: a parsed URL has its `..` folded away before they can be refused.
  const path = request.url.slice(pageUrl.length - 1).split(/[?#]/, 1)[0] || '/';
  const { status, type, body } = await readAsset(paths.renderer, path, nonce);
  return new Response(new Uint8Array(body), { status, headers: { ...headers, 'content-type': type } });
};

/** True for the page in the main frame of a window, and for nothing it may have embedded. */
export const isOurPage = (
  frame: { url: string; parent: unknown } | null | undefined,
): frame is { url: string; parent: null } => {
  if (!frame || frame.parent !== null || !URL.canParse(frame.url)) return false;
  const { protocol: used, hostname } = new URL(frame.url);
  return used === `${scheme}:` && hostname === host;
};

/** Copying is the one thing the page asks the system for. */
const granted = 'clipboard-sanitized-write';

/** Serves the page and grants it nothing that it does not need. */
export const guardSession = (): void => {
  const { defaultSession } = session;
  defaultSession.protocol.handle(scheme, answerPage);
  defaultSession.setPermissionCheckHandler(
    (contents, permission) => permission === granted && isOurs(contents),
  );
  defaultSession.setPermissionRequestHandler((contents, permission, reply) =>
    reply(permission === granted && isOurs(contents)),
  );
  defaultSession.setDevicePermissionHandler(() => false);
};

const isOurs = (contents: WebContents | null): boolean => isOurPage(contents?.mainFrame);

/** Whatever a window shows, it stays on the page: no other address, no second window, nothing embedded. */
export const guardContents = (): void => {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
};
