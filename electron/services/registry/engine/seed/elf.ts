/**
 * The smallest programs that greet: `write(1, message, length); exit(0)` as static ELF files, written by hand so
 * that the greeting image needs no compiler. Machine words follow each architecture's manual and Linux's system
 * call tables.
 */

export type Machine = 'amd64' | '386' | 'arm' | 'arm64' | 'riscv64' | 'ppc64le' | 's390x';

const base = 0x400000;

interface Shape {
  /** e_machine */
  machine: number;
  bits: 32 | 64;
  isBigEndian?: boolean;
  /** e_flags */
  flags?: number;
  /** Program for a message of `length` bytes that follows the code; `at` is the address of the code. */
  code(length: number, at: number): Buffer;
}

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const word = (value: number): Buffer => {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value >>> 0);
  return buffer;
};
const words = (...values: number[]): Buffer => Buffer.concat(values.map(word));

/** RISC-V `addi rd, rs, immediate` */
const addi = (rd: number, rs: number, immediate: number) => (immediate << 20) | (rs << 15) | (rd << 7) | 0x13;

const shapes: Record<Machine, Shape> = {
  amd64: {
    machine: 62,
    bits: 64,
    code: (length) =>
      Buffer.concat([
        ...[bytes(0xbf), word(1)], // mov edi, 1
        ...[bytes(0x48, 0x8d, 0x35), word(21)], // lea rsi, [rip + message]
        ...[bytes(0xba), word(length)], // mov edx, length
        ...[bytes(0xb8), word(1), bytes(0x0f, 0x05)], // mov eax, write; syscall
        bytes(0x31, 0xff), // xor edi, edi
        ...[bytes(0xb8), word(60), bytes(0x0f, 0x05)], // mov eax, exit; syscall
      ]),
  },
  '386': {
    machine: 3,
    bits: 32,
    code: (length, at) =>
      Buffer.concat([
        ...[bytes(0xbb), word(1)], // mov ebx, 1
        ...[bytes(0xb9), word(at + 31)], // mov ecx, message
        ...[bytes(0xba), word(length)], // mov edx, length
        ...[bytes(0xb8), word(4), bytes(0xcd, 0x80)], // mov eax, write; int 0x80
        bytes(0x31, 0xdb), // xor ebx, ebx
        ...[bytes(0xb8), word(1), bytes(0xcd, 0x80)], // mov eax, exit; int 0x80
      ]),
  },
  arm: {
    machine: 40,
    bits: 32,
    flags: 0x05000000, // EABI version 5; the instructions are those of ARMv4
    code: (length) =>
      words(
        0xe3a00001, // mov r0, #1
        0xe28f1018, // add r1, pc, #24: the message
        0xe59f2010, // ldr r2, [pc, #16]: its length
        ...[0xe3a07004, 0xef000000], // mov r7, #write; svc #0
        ...[0xe3a00000, 0xe3a07001, 0xef000000], // mov r0, #0; mov r7, #exit; svc #0
        length,
      ),
  },
  arm64: {
    machine: 183,
    bits: 64,
    code: (length) =>
      words(
        0xd2800020, // mov x0, #1
        0x10000001 | (7 << 5), // adr x1, message: 7 words ahead
        0xd2800002 | (length << 5), // mov x2, #length
        ...[0xd2800808, 0xd4000001], // mov x8, #write; svc #0
        ...[0xd2800000, 0xd2800ba8, 0xd4000001], // mov x0, #0; mov x8, #exit; svc #0
      ),
  },
  riscv64: {
    machine: 243,
    bits: 64,
    code: (length) =>
      words(
        addi(10, 0, 1), // li a0, 1
        0x00000597, // auipc a1, 0
        addi(11, 11, 32), // addi a1, a1, message
        addi(12, 0, length), // li a2, length
        ...[addi(17, 0, 64), 0x73], // li a7, write; ecall
        ...[addi(10, 0, 0), addi(17, 0, 93), 0x73], // li a0, 0; li a7, exit; ecall
      ),
  },
  ppc64le: {
    machine: 21,
    bits: 64,
    flags: 2, // ELFv2
    code: (length, at) =>
      words(
        0x38600001, // li r3, 1
        0x3c800000 | ((at + 36) >>> 16), // lis r4, message >> 16
        0x60840000 | ((at + 36) & 0xffff), // ori r4, r4, message
        0x38a00000 | length, // li r5, length
        ...[0x38000004, 0x44000002], // li r0, write; sc
        ...[0x38600000, 0x38000001, 0x44000002], // li r3, 0; li r0, exit; sc
      ),
  },
  s390x: {
    machine: 22,
    bits: 64,
    isBigEndian: true,
    code: (length) =>
      Buffer.concat([
        bytes(0xa7, 0x29, 0x00, 0x01), // lghi r2, 1
        bytes(0xc0, 0x30, 0x00, 0x00, 0x00, 0x09), // larl r3, message: 9 halfwords ahead
        bytes(0xa7, 0x49, length >> 8, length & 0xff), // lghi r4, length
        bytes(0x0a, 0x04), // svc write
        bytes(0xa7, 0x29, 0x00, 0x00), // lghi r2, 0
        bytes(0x0a, 0x01), // svc exit
      ]),
  },
};

/** Writes numbers one after the other in the byte order of the machine. */
const writer = (isBigEndian: boolean, is64: boolean) => {
  const parts: Buffer[] = [];
  const put = (size: 2 | 4 | 8, value: number) => {
    const buffer = Buffer.alloc(size);
    if (size === 8) buffer[isBigEndian ? 'writeBigUInt64BE' : 'writeBigUInt64LE'](BigInt(value));
    else buffer[isBigEndian ? 'writeUIntBE' : 'writeUIntLE'](value, 0, size);
    parts.push(buffer);
  };
  return {
    half: (...values: number[]) => values.forEach((value) => put(2, value)),
    word: (...values: number[]) => values.forEach((value) => put(4, value)),
    /** An address or offset, as wide as the machine's. */
    wide: (...values: number[]) => values.forEach((value) => put(is64 ? 8 : 4, value)),
    raw: (buffer: Buffer) => parts.push(buffer),
    end: () => Buffer.concat(parts),
  };
};

/** A static program that prints an ASCII message of less than 2,000 bytes and exits with 0. */
export const greetingProgram = (machine: Machine, message: string): Buffer => {
  const { machine: number, bits, isBigEndian = false, flags = 0, code } = shapes[machine];
  const is64 = bits === 64;
  const headerSize = is64 ? 64 : 52;
  const entrySize = is64 ? 56 : 32;
  const start = headerSize + entrySize;
  const text = Buffer.from(message, 'ascii');
  const program = Buffer.concat([code(text.length, base + start), text]);
  const size = start + program.length;

  const out = writer(isBigEndian, is64);
  out.raw(
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, isBigEndian ? 2 : 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  );
  out.half(2, number); // ET_EXEC
  out.word(1);
  out.wide(base + start, headerSize, 0);
  out.word(flags);
  out.half(headerSize, entrySize, 1, 0, 0, 0);
  // One segment, PT_LOAD, readable and executable, aligned for pages of up to 64 KiB.
  out.word(1);
  if (is64) out.word(5);
  out.wide(0, base, base, size, size);
  if (!is64) out.word(5);
  out.wide(0x10000);
  out.raw(program);
  return out.end();
};
