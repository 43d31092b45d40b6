import { once } from 'node:events';
import { connect } from 'node:tls';

/** Where a registry answers, and what a request needs to be let in. */
export interface Address {
  port: number;
  ca: string;
  /** File with the same. */
  caFile: string;
  /** Value of `Authorization`, null for a registry without a login. */
  authorization: string | null;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Bytes of the body, without its transfer encoding when it was kept. */
  size: number;
  /** The body, empty unless it was asked for. */
  body: Buffer;
}

export interface Ask {
  headers?: Record<string, string>;
  /** Bytes to send, one buffer after the other. */
  body?: Iterable<Buffer>;
  /** Sends `body` in chunked coding, as docker does, instead of with a `Content-Length`. */
  isChunked?: boolean;
  /** Keeps the body of the answer. */
  keeps?: boolean;
  /** Is given the body of the answer piece by piece. */
  sink?: (bytes: Buffer) => void;
}

/** One connection with one request at a time: a client that costs next to nothing beside the server it measures. */
export interface Connection {
  ask(method: string, path: string, ask?: Ask): Promise<Answer>;
  close(): void;
}

const headEnd = Buffer.from('\r\n\r\n');

const parseHead = (text: string): { status: number; headers: Record<string, string> } => {
  const [first = '', ...lines] = text.split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { status: Number(first.split(' ')[1]), headers };
};

/** The data of a whole body in chunked coding. */
const unchunk = (coded: Buffer): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const line = coded.indexOf('\r\n', at);
    const size = Number.parseInt(coded.toString('latin1', at, line), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(coded.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
};

/** Reads one answer from the pieces that a socket hands over. */
const createReader = (method: string, { keeps = false, sink }: Ask, done: (answer: Answer) => void) => {
  let head: Buffer = Buffer.alloc(0);
  let answer: Answer | null = null;
  let expected = 0;
  let isChunked = false;
  const kept: Buffer[] = [];
  let tail = '';

  const finish = (found: Answer) => {
    const bytes = kept.length > 0 ? Buffer.concat(kept) : found.body;
    const body = isChunked && keeps ? unchunk(bytes) : bytes;
    done({ ...found, body });
  };
  const takeBody = (found: Answer, bytes: Buffer) => {
    found.size += bytes.length;
    if (bytes.length > 0) sink?.(bytes);
    if (keeps && bytes.length > 0) kept.push(bytes);
    if (isChunked) tail = (tail + bytes.toString('latin1', Math.max(0, bytes.length - 7))).slice(-7);
    if (isChunked ? tail.endsWith('\r\n0\r\n\r\n') || tail === '0\r\n\r\n' : found.size >= expected)
      finish(found);
  };
  return (piece: Buffer) => {
    if (answer) return takeBody(answer, piece);
    head = head.length > 0 ? Buffer.concat([head, piece]) : piece;
    const end = head.indexOf(headEnd);
    if (end < 0) return;
    answer = { ...parseHead(head.toString('latin1', 0, end)), size: 0, body: Buffer.alloc(0) };
    const hasBody = method !== 'HEAD' && answer.status !== 204 && answer.status !== 304;
    isChunked = hasBody && answer.headers['transfer-encoding'] === 'chunked';
    expected = hasBody ? Number(answer.headers['content-length'] ?? 0) : 0;
    takeBody(answer, head.subarray(end + 4));
  };
};

/** @throws the socket's error; afterwards every `ask` fails */
export const openConnection = async ({ port, ca, authorization }: Address): Promise<Connection> => {
  const socket = connect({
    host: '127.0.0.1',
    port,
    ca,
    servername: 'localhost',
    ALPNProtocols: ['http/1.1'],
  });
  socket.setNoDelay(true);
  await once(socket, 'secureConnect');
  let read: ((piece: Buffer) => void) | null = null;
  let fail: ((error: Error) => void) | null = null;
  const broke = (error: Error) => fail?.(error);
  socket.on('data', (piece: Buffer) => read?.(piece));
  socket.on('error', broke);
  socket.on('close', () => broke(new Error('the server closed the connection')));
  const login = authorization === null ? '' : `Authorization: ${authorization}\r\n`;

  let goOn: (() => void) | null = null;
  socket.on('drain', () => goOn?.());
  socket.on('close', () => goOn?.());
  const put = async (bytes: Buffer | string) => {
    if (socket.write(bytes) || socket.destroyed) return;
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
  };
  const send = async (method: string, path: string, { headers = {}, body = [], isChunked = false }: Ask) => {
    const parts = isChunked ? [] : [...body];
    const length = parts.reduce((sum, bytes) => sum + bytes.length, 0);
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const framing = !hasBody
      ? ''
      : isChunked
        ? 'Transfer-Encoding: chunked\r\n'
        : `Content-Length: ${length}\r\n`;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${method} ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n${login}${lines.join('')}${framing}\r\n`;
    const isSmall = length < 65_536 && !isChunked;
    if (isSmall) return put(length > 0 ? Buffer.concat([Buffer.from(head), ...parts]) : head);
    await put(head);
    for (const bytes of isChunked ? body : parts) {
      if (socket.destroyed) return;
      if (isChunked) socket.write(`${bytes.length.toString(16)}\r\n`);
      await put(bytes);
      if (isChunked) socket.write('\r\n');
    }
    if (isChunked) await put('0\r\n\r\n');
  };
  return {
    async ask(method, path, ask = {}) {
      const answered = new Promise<Answer>((resolve, reject) => {
        fail = reject;
        read = createReader(method, ask, resolve);
        if (socket.destroyed) reject(new Error('the connection is closed'));
      });
      // A refusal may come before the body has been sent; the next request follows after the whole body.
      const [answer] = await Promise.all([answered, send(method, path, ask)]);
      return answer;
    },
    close: () => socket.destroy(),
  };
};
