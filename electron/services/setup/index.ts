import { AppError } from '#shared/errors.ts';
import { hostPort } from '#shared/names.ts';
import type { ReadyInfo } from '#shared/model/app.ts';
import type { AddressCandidate, NamesState } from '#shared/model/names.ts';
import type { CaChoice, LeafOptions, PermittedNames, PkiState } from '#shared/model/pki.ts';
import type { PortCheck, RegistryStatus } from '#shared/model/registry.ts';
import {
  endpointChoice,
  type EndpointChoice,
  type EndpointPatch,
  type SetupInput,
  type SetupPreview,
  type SetupResult,
} from '#shared/model/setup.ts';
import type { Store } from '#electron/store/index.ts';
import type { Log } from '#electron/log.ts';

export interface San {
  names: string[];
  addresses: string[];
}

/** What setting up needs of the other rooms. */
export interface SetupNeeds {
  dataDir: string;
  store: Pick<Store, 'settings'>;
  log: Log;
  hostName: string;
  pki: {
    state(): Promise<PkiState>;
    create(ca: CaChoice, leaf: LeafOptions, san: San): Promise<{ warnings: string[] }>;
    cover(san: San): Promise<{ reissued: boolean }>;
    preview(names: string[]): PermittedNames;
    caPem(): { file: string; fingerprint: string };
  };
  access: {
    ensureFirstUser(): Promise<{ user: string; created: boolean }>;
    password(): { user: string; password: string; file: string };
  };
  registry: {
    start(): Promise<RegistryStatus>;
    stop(): Promise<RegistryStatus>;
    status(): RegistryStatus;
    setPull(pull: RegistryStatus['pull']): Promise<RegistryStatus>;
  };
  names: {
    candidates(): AddressCandidate[];
    choose(endpoint: EndpointChoice): string[];
    probe(
      name: string,
      options: { timeoutMs: number },
    ): Promise<{ isFree: boolean | null; holder: string | null }>;
    advertise(what: San & { port: number }): Promise<void>;
    withdraw(): Promise<void>;
    state(): NamesState;
    onAddressesChanged(listener: () => void): () => void;
  };
  checkPort(port: number, listen: string): Promise<PortCheck>;
}

export type Setup = ReturnType<typeof createSetup>;

const settingKey = 'endpoint';
const probeMs = 1500;
/** More often than daily: a computer that sleeps at night misses a daily turn. */
const renewalMs = 60 * 60_000;

/**
 * How the registry comes to be and stays reachable: first run, changes of names and addresses, serving and ceasing
 * to serve. The remembered choice is written last, so a first run that fails half-way is simply done again.
 */
export const createSetup = (needs: SetupNeeds) => {
  const { store, pki, access, registry, names } = needs;
  const log = needs.log.area('setup');
  let chosen = store.settings.get(settingKey, endpointChoice);
  /** What is being tried but not yet remembered. */
  let tentative: EndpointChoice | undefined;
  let changing: Promise<unknown> = Promise.resolve();

  const endpoint = (): EndpointChoice => tentative ?? chosen ?? endpointChoice.parse({});
  const isSetUp = (): boolean => chosen !== undefined;
  const requireSetUp = (): EndpointChoice => {
    if (!chosen) throw new AppError('NOT_SET_UP');
    return chosen;
  };
  const san = (): San => ({ names: endpoint().names, addresses: names.choose(endpoint()) });

  /** One change at a time: two overlapping ones would re-issue and restart against each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = changing.then(work);
    changing = result.catch(() => undefined);
    return result;
  };

  const announce = (): Promise<void> => names.advertise({ ...san(), port: endpoint().port });

  const serve = async (): Promise<RegistryStatus> => {
    const status = await registry.start();
    await announce();
    return status;
  };

  const cease = async (): Promise<RegistryStatus> => {
    await names.withdraw();
    return registry.stop();
  };

  const requireFreePort = async ({ port, listen }: EndpointChoice): Promise<void> => {
    const check = await needs.checkPort(port, listen);
    if (check.isFree) return;
    const holder = check.holder ?? 'another program';
    throw new AppError('PORT_IN_USE', { port, holder, proposal: check.proposal ?? 5443 });
  };

  /** Follows the network: a laptop that moves gets a leaf with its new addresses, under the same CA. */
  const followAddresses = (): void => {
    if (chosen?.addresses !== null || registry.status().state !== 'serving') return;
    void inTurn(async () => {
      const { reissued } = await pki.cover(san());
      await announce();
      log.info('the network changed', { ...san(), reissued });
    }).catch((error: unknown) =>
      log.warn('the network changed, but the certificate could not follow', { error }),
    );
  };
  const stopFollowing = names.onAddressesChanged(followAddresses);

  /** A certificate near its end is renewed while the registry serves; the engine takes it without a restart. */
  const keepValid = (): void => {
    if (!isSetUp() || registry.status().state !== 'serving') return;
    void inTurn(() => pki.cover(san())).catch((error: unknown) =>
      log.warn('the certificate could not be renewed', { error }),
    );
  };
  const renewal = setInterval(keepValid, renewalMs).unref();

  const create = (input: SetupInput): Promise<SetupResult> =>
    inTurn(async () => {
      if (isSetUp()) throw new AppError('ALREADY_SET_UP');
      const { pull, ca, leaf, ...choice } = input;
      tentative = choice;
      try {
        await requireFreePort(choice);
        const { warnings } = await pki.create(ca, leaf, san());
        const { user } = await access.ensureFirstUser();
        await registry.setPull(pull);
        const status = await serve();
        store.settings.set(settingKey, choice);
        chosen = choice;
        return {
          registry: status,
          user,
          password: access.password().password,
          fingerprint: pki.caPem().fingerprint,
          warnings,
        };
      } catch (error) {
        await cease().catch((problem: unknown) => log.warn('could not tidy up', { problem }));
        throw error;
      } finally {
        tentative = undefined;
      }
    });

  const change = (patch: EndpointPatch): Promise<EndpointChoice> =>
    inTurn(async () => {
      const before = requireSetUp();
      const after = endpointChoice.parse({ ...before, ...patch });
      const moves = after.port !== before.port || after.listen !== before.listen;
      const wasServing = registry.status().state === 'serving';
      tentative = after;
      try {
        // First what may be refused. On its own port the engine would be found; there a failed start is taken back.
        const isOwnPort = wasServing && after.port === before.port;
        if (moves && !isOwnPort) await requireFreePort(after);
        await pki.cover(san());
        if (wasServing && moves) await registry.stop();
        if (wasServing) await serve();
        store.settings.set(settingKey, after);
        chosen = after;
        return after;
      } catch (error) {
        tentative = undefined;
        if (wasServing) {
          await pki.cover(san()).catch(() => undefined);
          await serve().catch((problem: unknown) =>
            log.error('the former endpoint does not serve', { problem }),
          );
        }
        throw error;
      } finally {
        tentative = undefined;
      }
    });

  /** Starts to serve what an earlier run has set up; a first run has nothing to resume. */
  const resume = (): Promise<void> =>
    inTurn(async () => {
      if (!isSetUp()) return;
      try {
        await pki.cover(san());
      } catch (error) {
        log.warn('the certificate does not cover the present addresses', { error });
      }
      await serve();
    });

  const ready = (): ReadyInfo => {
    const { port, names: chosenNames } = requireSetUp();
    if (registry.status().state !== 'serving') throw new AppError('REGISTRY_DOWN');
    const { user, file: passwordFile } = access.password();
    const { file: caFile, fingerprint: caFingerprint } = pki.caPem();
    return {
      url: `https://${hostPort(chosenNames[0] ?? 'localhost', port)}`,
      port,
      names: chosenNames,
      addresses: san().addresses,
      user,
      passwordFile,
      caFile,
      caFingerprint,
      dataDir: needs.dataDir,
      pid: process.pid,
    };
  };

  const preview = async (input: { names: string[]; port: number }): Promise<SetupPreview> => {
    const wanted = input.names.length > 0 ? input.names : endpoint().names;
    const [probed, port] = await Promise.all([
      Promise.all(
        wanted.map(async (name) => ({ name, ...(await names.probe(name, { timeoutMs: probeMs })) })),
      ),
      needs.checkPort(input.port, endpoint().listen),
    ]);
    return {
      hostName: needs.hostName,
      names: probed,
      addresses: names.candidates(),
      port,
      permitted: pki.preview(wanted),
    };
  };

  return {
    endpoint,
    isSetUp,
    preview,
    create,
    change,
    resume,
    ready,
    /** Starts the registry and announces it; needs a completed first run. */
    serve: () =>
      inTurn(async () => {
        requireSetUp();
        return serve();
      }),
    cease: () => inTurn(cease),
    /**
     * Names and addresses devices reach the registry by, `host:port`, best first. A name that another computer answers
     * for is none of them: devices must not be told to trust our CA for it. None at all while we listen on loopback,
     * except for devices that are simulated on this computer.
     */
    references: ({ isHere = false } = {}): string[] => {
      if (!isHere && /^(127\.|::1$)/.test(endpoint().listen)) return [];
      const { names: wanted, addresses } = san();
      const taken = names.state().names.filter(({ state }) => state === 'conflict');
      const ours = wanted.filter((name) => !taken.some((one) => one.name === name));
      return [...ours, ...addresses].map((host) => hostPort(host, endpoint().port));
    },
    san,
    async close() {
      clearInterval(renewal);
      stopFollowing();
      await changing;
      await cease();
    },
  };
};
