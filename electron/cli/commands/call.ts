import { contract } from '#shared/contract/index.ts';
import { UsageError, type Command } from '../command.ts';
import { withApp } from '../session.ts';
import type { Context } from '../context.ts';

type Procedure = (input: unknown, options: { signal: AbortSignal }) => Promise<unknown>;

const own = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;

/** Every `domain.verb` there is. */
export const procedureNames = (): string[] =>
  Object.entries(contract).flatMap(([domain, verbs]) =>
    Object.keys(verbs).map((verb) => `${domain}.${verb}`),
  );

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** A stream is one line a state; under --json all of them are one document once it ended or Ctrl-C was pressed. */
const printStream = async ({ out, stopSignal }: Context, stream: AsyncIterable<unknown>): Promise<void> => {
  const seen: unknown[] = [];
  try {
    for await (const state of stream) {
      if (out.isJson) seen.push(state);
      else out.result(state, () => [JSON.stringify(state)]);
    }
  } catch (error) {
    if (!stopSignal.aborted) throw error;
  }
  if (out.isJson) out.result(seen, () => []);
};

const readName = (name: string | undefined): [string, string] => {
  const [domain = '', verb = '', ...more] = (name ?? '').split('.');
  const verbs = own(contract, domain);
  if (more.length === 0 && typeof verbs === 'object' && verbs && own(verbs, verb)) return [domain, verb];
  const near = procedureNames().filter((one) => one.startsWith(`${domain}.`));
  throw new UsageError(
    name === undefined ? 'No procedure was given' : `There is no procedure "${name}"`,
    `Choose one of: ${(near.length > 0 ? near : procedureNames()).join(', ')}.`,
  );
};

const readJson = (text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError('The input is not JSON', 'Quote it for the shell: \'{"port": 5000}\'.');
  }
};

const call: Command = {
  name: 'call',
  words: 'DOMAIN.VERB [JSON]',
  summary: 'Calls any procedure of the contract and prints its answer as JSON.',
  flags: {},
  async run(context, input) {
    const [name, json, ...more] = input.words;
    const [domain, verb] = readName(name);
    if (more.length > 0) throw new UsageError('`call` takes one JSON value', 'Quote it for the shell.');
    const value = readJson(json);
    return withApp(context, 'wanted', async ({ client }) => {
      const verbs = client[domain as keyof typeof client] as unknown as Record<string, Procedure>;
      const answer = await verbs[verb]?.(value, { signal: context.stopSignal });
      if (isStream(answer)) await printStream(context, answer);
      else context.out.result(answer ?? null, () => JSON.stringify(answer ?? null, null, 2).split('\n'));
      return 0;
    });
  },
};

export const callCommands = [call];
