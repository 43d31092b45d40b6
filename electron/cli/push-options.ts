import { pushOptions, type PushOptions } from '#shared/model/trust.ts';
import { runtimeKind } from '#shared/model/devices.ts';
import { isSet, textsOf, UsageError, type Flag, type Input } from './command.ts';

/** What a person chooses for a push beside the devices. */
export const pushFlags: Record<string, Flag> = {
  runtime: {
    type: 'string',
    multiple: true,
    value: 'R',
    help: `only for this engine: ${runtimeKind.exclude(['system']).options.join(', ')}`,
  },
  system: { type: 'boolean', help: 'also into the trust store of the operating system' },
  'accept-unconstrained': {
    type: 'boolean',
    help: 'there, even a CA that could impersonate any site',
  },
  restart: { type: 'boolean', help: 'restart the engines that must restart to see it' },
  'pin-name': { type: 'boolean', help: 'one line in /etc/hosts for the .local names of the registry' },
  repair: { type: 'string', multiple: true, value: 'PATH', help: 'file of a finding to put right' },
  replace: { type: 'string', multiple: true, value: 'PATH', help: 'foreign file of the plan to replace' },
};

/** @throws UsageError */
export const readPushOptions = (input: Input): PushOptions => {
  const runtimes = textsOf(input, 'runtime').map((text) => {
    const runtime = runtimeKind.exclude(['system']).safeParse(text).data;
    if (!runtime) {
      const known = runtimeKind.exclude(['system']).options.join(', ');
      throw new UsageError(`--runtime: "${text}" is no engine`, `Give one of ${known}.`);
    }
    return runtime;
  });
  return pushOptions.parse({
    runtimes: runtimes.length > 0 ? runtimes : null,
    system: isSet(input, 'system'),
    acceptUnconstrained: isSet(input, 'accept-unconstrained'),
    restart: isSet(input, 'restart'),
    pinName: isSet(input, 'pin-name'),
    repair: textsOf(input, 'repair'),
    replace: textsOf(input, 'replace'),
  });
};
