import { crc32 } from 'node:zlib';

/** Archives that come out the same, byte for byte, on every machine and with every version of every library. */

/** A tar archive (POSIX ustar) with one file at its root. */
export const tarOf = (name: string, content: Buffer, mode: number): Buffer => {
  const header = Buffer.alloc(512);
  const field = (text: string, at: number) => header.write(text, at, 'ascii');
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  field(name, 0);
  field(octal(mode, 8), 100);
  field(octal(0, 8), 108);
  field(octal(0, 8), 116);
  field(octal(content.length, 12), 124);
  field(octal(0, 12), 136);
  field(' '.repeat(8), 148);
  field('0', 156);
  field('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  field(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
};

/** gzip (RFC 1952) without compression: deflate's output differs between versions of zlib, stored blocks do not. */
export const gzipStored = (content: Buffer): Buffer => {
  const parts: Buffer[] = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])];
  const blockSize = 0xffff;
  for (let at = 0; at === 0 || at < content.length; at += blockSize) {
    const block = content.subarray(at, at + blockSize);
    const head = Buffer.alloc(5);
    head.writeUInt8(at + blockSize >= content.length ? 1 : 0);
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(~block.length & 0xffff, 3);
    parts.push(head, block);
  }
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(content));
  tail.writeUInt32LE(content.length, 4);
  return Buffer.concat([...parts, tail]);
};
