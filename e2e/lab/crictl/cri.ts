import http2 from 'node:http2';
import net from 'node:net';

/** An image as CRI knows it: all its names, and all its digests as `name@sha256:…`. */
export interface Image {
  id: string;
  repoTags: string[];
  repoDigests: string[];
  size: number;
}

/** The runtime refused a call; the message is as Go prints a status of gRPC. */
export class CallError extends Error {}

const codes = [
  ...['OK', 'Canceled', 'Unknown', 'InvalidArgument', 'DeadlineExceeded', 'NotFound', 'AlreadyExists'],
  ...['PermissionDenied', 'ResourceExhausted', 'FailedPrecondition', 'Aborted', 'OutOfRange'],
  ...['Unimplemented', 'Internal', 'Unavailable', 'DataLoss', 'Unauthenticated'],
];

/** A field of a message that is a text or a message, by its number. */
const field = (number: number, value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value);
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), bytes]);
};

const imageSpec = (name: string): Buffer => field(1, field(1, name));

const varint = (bytes: Buffer, from: number): [value: number, next: number] => {
  let value = 0;
  let at = from;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at++];
    if (byte === undefined) throw new CallError('the answer is cut short');
    value += (byte & 127) * factor;
    if (byte < 128) return [value, at];
  }
};

/** The fields of a message in their order: numbers, and bytes for all else. */
const fieldsOf = (bytes: Buffer): [number: number, value: number | Buffer][] => {
  const found: [number, number | Buffer][] = [];
  for (let at = 0; at < bytes.length;) {
    const [key, body] = varint(bytes, at);
    const [value, next] = varint(bytes, body);
    const kind = key & 7;
    if (kind !== 0 && kind !== 2) throw new CallError(`the answer has a field of wire type ${kind}`);
    at = kind === 0 ? next : next + value;
    found.push([key >>> 3, kind === 0 ? value : bytes.subarray(next, at)]);
  }
  return found;
};

const textsOf = (bytes: Buffer, number: number): string[] =>
  fieldsOf(bytes).flatMap(([key, value]) => (key === number ? [value.toString()] : []));

const imageOf = (bytes: Buffer): Image => ({
  id: textsOf(bytes, 1)[0] ?? '',
  repoTags: textsOf(bytes, 2),
  repoDigests: textsOf(bytes, 3),
  size: Number(textsOf(bytes, 4)[0] ?? 0),
});

const imagesOf = (bytes: Buffer): Image[] =>
  fieldsOf(bytes).flatMap(([key, value]) => (key === 1 && Buffer.isBuffer(value) ? [imageOf(value)] : []));

/** One unary call of gRPC over a socket of its own. */
const call = async (socket: string, method: string, message: Buffer): Promise<Buffer> => {
  const session = http2.connect('http://localhost', { createConnection: () => net.connect(socket) });
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      const fail = (error: Error) => {
        reject(
          new CallError(
            `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${socket}: ${error.message}"`,
          ),
        );
      };
      session.on('error', fail);
      const stream = session.request({
        ':method': 'POST',
        ':path': `/runtime.v1.${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      stream.on('error', fail);
      const chunks: Buffer[] = [];
      const settle = (headers: http2.IncomingHttpHeaders) => {
        const status = headers['grpc-status'];
        if (status === undefined) return;
        const said = decodeURIComponent(String(headers['grpc-message'] ?? ''));
        if (status === '0') resolve(Buffer.concat(chunks).subarray(5));
        else reject(new CallError(`rpc error: code = ${codes[Number(status)]} desc = ${said}`));
      };
      // An answer without a message has its status in the headers.
      stream.on('response', settle);
      stream.on('trailers', settle);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(message.length, 1);
      stream.end(Buffer.concat([prefix, message]));
    });
  } finally {
    session.destroy();
  }
};

/** What crictl asks of a runtime that listens on `socket`. Every call throws `CallError`. */
export const openCri = (socket: string) => ({
  /** Name and version of the runtime. */
  async version(): Promise<[name: string, version: string]> {
    const answer = await call(socket, 'RuntimeService/Version', Buffer.alloc(0));
    return [textsOf(answer, 2)[0] ?? '', textsOf(answer, 3)[0] ?? ''];
  },
  /** Resolves to the id of the image. */
  async pull(name: string): Promise<string> {
    return textsOf(await call(socket, 'ImageService/PullImage', imageSpec(name)), 1)[0] ?? '';
  },
  list: async (): Promise<Image[]> =>
    imagesOf(await call(socket, 'ImageService/ListImages', Buffer.alloc(0))),
  /** Null: it is not there. */
  status: async (name: string): Promise<Image | null> =>
    imagesOf(await call(socket, 'ImageService/ImageStatus', imageSpec(name)))[0] ?? null,
  async remove(name: string): Promise<void> {
    await call(socket, 'ImageService/RemoveImage', imageSpec(name));
  },
});
