import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError } from '#shared/errors.ts';
import { leafOptions } from '#shared/model/pki.ts';
import { isSet, numberOf, textOf, UsageError, type Command } from '../command.ts';
import { facts } from '../output.ts';
import { withApp, withRunning } from '../session.ts';

const caShow: Command = {
  name: 'ca show',
  words: '',
  summary: 'Shows the certificate authority.',
  flags: {},
  run: (context) =>
    withApp(context, 'none', async ({ client }) => {
      const { ca } = await client.pki.state();
      if (!ca) throw new AppError('CA_MISSING');
      const { pem, file } = await client.pki.caPem();
      context.out.result({ ...ca, file, pem }, () =>
        facts([
          ['Subject', ca.subject],
          ['Fingerprint', ca.fingerprint],
          ['Valid until', `${ca.notAfter.slice(0, 10)} (${ca.daysLeft} days)`],
          ['Algorithm', ca.algorithm],
          ['Key', ca.hasKey ? 'in this folder' : 'not here: can distribute, cannot sign'],
          ['May vouch for', ca.permitted ? [...ca.permitted.dns, ...ca.permitted.ip].join(', ') : 'any name'],
          ['File', file],
        ]),
      );
      return 0;
    }),
};

const caExport: Command = {
  name: 'ca export',
  words: 'FILE',
  summary: 'Writes the CA certificate to a file, or to stdout for `-`.',
  flags: {},
  async run(context, input) {
    const [target, ...more] = input.words;
    if (target === undefined || more.length > 0) {
      throw new UsageError('`ca export` takes one file', 'For example: `mooring ca export ca.crt`.');
    }
    return withApp(context, 'none', async ({ client }) => {
      const { pem, fingerprint } = await client.pki.caPem();
      if (target === '-') {
        context.out.raw({ file: null, fingerprint, pem }, pem);
        return 0;
      }
      const file = resolve(context.cwd, target);
      await writeFile(file, pem, { mode: 0o644 }).catch((error: NodeJS.ErrnoException) => {
        throw new AppError('BAD_INPUT', {
          field: 'FILE',
          problem: `${file} cannot be written (${error.code})`,
        });
      });
      context.out.result({ file, fingerprint }, () => [`Wrote ${file}`, `Fingerprint ${fingerprint}`]);
      return 0;
    });
  },
};

const leafLines = (leaf: {
  subject: string;
  issuer: string;
  fingerprint: string;
  notAfter: string;
  daysLeft: number;
  names: string[];
  addresses: string[];
}): string[] =>
  facts([
    ['Subject', leaf.subject],
    ['Issuer', leaf.issuer],
    ['Fingerprint', leaf.fingerprint],
    ['Valid until', `${leaf.notAfter.slice(0, 10)} (${leaf.daysLeft} days)`],
    ['Names', leaf.names.join(', ')],
    ['Addresses', leaf.addresses.join(', ')],
  ]);

const certShow: Command = {
  name: 'cert show',
  words: '',
  summary: 'Shows the server certificate of the registry.',
  flags: {},
  run: (context) =>
    withApp(context, 'none', async ({ client }) => {
      const { leaf, health } = await client.pki.state();
      if (!leaf) throw new AppError('NOT_SET_UP');
      context.out.result({ ...leaf, health: health.state }, () => leafLines(leaf));
      return 0;
    }),
};

const readLeafOptions = (days: number | undefined, algorithm: string | undefined) => {
  const read = leafOptions.shape.algorithm.safeParse(algorithm);
  if (!read.success) {
    throw new UsageError(
      `--algorithm ${algorithm}: ${read.error.issues[0]?.message}`,
      'Run `mooring cert renew --help`.',
    );
  }
  return { ...(days !== undefined && { days }), ...(algorithm !== undefined && { algorithm: read.data }) };
};

const certRenew: Command = {
  name: 'cert renew',
  words: '',
  summary: 'Issues a new server certificate under the same CA; devices notice nothing.',
  flags: {
    days: { type: 'string', value: '397', help: 'how long it is valid' },
    algorithm: {
      type: 'string',
      value: 'rsa-2048',
      help: 'rsa-2048, rsa-3072, rsa-4096, ec-p256 or ec-p384',
    },
  },
  async run(context, input) {
    const options = readLeafOptions(numberOf(input, 'days', 2, 3650), textOf(input, 'algorithm'));
    return withApp(context, 'none', async ({ client }) => {
      const { leaf, warnings } = await client.pki.renewLeaf(options);
      if (!leaf) throw new AppError('NOT_SET_UP');
      for (const warning of warnings) context.out.warn(warning);
      context.out.result(leaf, () => leafLines(leaf));
      return 0;
    });
  },
};

const registryStart: Command = {
  name: 'registry start',
  words: '',
  summary: 'Starts the registry of the running Mooring.',
  flags: {},
  run: (context) =>
    withRunning(context, async ({ client }) => {
      const status = await client.registry.start();
      context.out.result(status, () => [`Serving at ${status.url}`]);
      return 0;
    }),
};

const registryStop: Command = {
  name: 'registry stop',
  words: '',
  summary: 'Stops the registry; Mooring itself goes on.',
  flags: {},
  run: (context) =>
    withRunning(context, async ({ client }) => {
      const status = await client.registry.stop();
      context.out.result(status, () => ['The registry is stopped.']);
      return 0;
    }),
};

const usersPassword: Command = {
  name: 'users password',
  words: '[USER]',
  summary: 'Shows the password of the registry user again, or makes a new one.',
  flags: { renew: { type: 'boolean', help: 'a new random password; the old one stops working at once' } },
  async run(context, input) {
    const [name, ...more] = input.words;
    if (more.length > 0)
      throw new UsageError('`users password` takes one user', 'Run `mooring users password --help`.');
    const who = name === undefined ? {} : { name };
    return withApp(context, 'none', async ({ client }) => {
      const login = isSet(input, 'renew')
        ? await client.users.renewPassword(who)
        : await client.users.password(who);
      context.out.result(login, () =>
        facts([
          ['User', login.user],
          ['Password', login.password],
          ['File', login.file],
        ]),
      );
      return 0;
    });
  },
};

export const registryCommands = [
  caShow,
  caExport,
  certShow,
  certRenew,
  registryStart,
  registryStop,
  usersPassword,
];
