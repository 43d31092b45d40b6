import { parseArgs } from 'node:util';
import { createLab, type Device, labProblem, type ProfileName } from './index.ts';
import { profiles } from './device.ts';
import { listRuns, reapDeadRuns } from './runs.ts';

const usage = `npm run lab -- up [COUNT] [--profile ${Object.keys(profiles).join('|')}] [--name NAME]   devices until Ctrl-C
npm run lab -- list                                               runs that are up
npm run lab -- down [RUN]                                         ends one run, or all started by hand; clears up after crashes`;

const handMade = 'by hand';

const isProfile = (name: string): name is ProfileName => name in profiles;

const describe = (device: Device): string => {
  const login = device.password ? `password ${device.password}` : `key ${device.keyFile}`;
  const add = device.password
    ? `printf %s '${device.password}' | mooring devices add ${device.address} --user ${device.user} --port ${device.port} --password-stdin --accept-new-host-key`
    : `mooring devices add ${device.address} --user ${device.user} --port ${device.port} --key ${device.keyFile} --accept-new-host-key`;
  return [
    `${device.name} (${device.profile})`,
    `  ${device.user}@${device.address} port ${device.port}, also ${device.hostName}; ${login}`,
    ...device.hostKeys().map((key) => `  host key ${key.type} ${key.fingerprint}`),
    `  ${add}`,
  ].join('\n');
};

const up = async (count: number, profile: ProfileName, name: string): Promise<void> => {
  const lab = await createLab({ label: handMade, computer: 'this' });
  const stop = () => {
    console.log('\nremoving the devices');
    void lab.destroy().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  for (let made = 0; made < count; made += 1) console.log(describe(await lab.addDevice({ profile, name })));
  console.log(
    `This computer is ${lab.network.hostAddress} there (${lab.network.interface}). Ctrl-C ends it.`,
  );
};

const down = (only: string | undefined): void => {
  const ended = listRuns().filter(
    (run) => run.isAlive && run.label === handMade && (!only || run.run === only),
  );
  for (const run of ended) process.kill(run.owner.pid, 'SIGTERM');
  const cleared = reapDeadRuns();
  console.log(`ended ${ended.length}, cleared up ${cleared.length}`);
};

const list = (): void => {
  for (const run of listRuns())
    console.log(
      `${run.run}  ${run.isAlive ? `process ${run.owner.pid}` : 'dead'}  ${run.label}  ${run.machines
        .map((machine) => machine.name)
        .join(' ')}`,
    );
};

const main = async (): Promise<number> => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { profile: { type: 'string', default: 'balena' }, name: { type: 'string', default: 'device' } },
  });
  const [command, subject] = positionals;
  const count = Number(subject ?? 1);
  if (command === 'list') list();
  else if (command === 'down') down(subject);
  else if (command === 'up' && isProfile(values.profile) && Number.isInteger(count) && count > 0) {
    const problem = labProblem();
    if (problem) {
      console.error(problem);
      return 1;
    }
    await up(count, values.profile, values.name);
  } else {
    console.error(usage);
    return 2;
  }
  return 0;
};

process.exitCode = await main();
