import { randomBytes } from 'node:crypto';
import { implement, ORPCError, type Router, ValidationError } from '@orpc/server';
import { type Contract, contract } from '#shared/contract/index.ts';
import { AppError, type AppErrorData, describeError } from '#shared/errors.ts';
import type { AppInfo, AppStatus } from '#shared/model/app.ts';
import type { Demo } from './demo/index.ts';
import { isAtLeast, type Log, type LogBook } from './log.ts';
import type { Access } from './services/access/index.ts';
import type { Devices } from './services/devices/index.ts';
import type { Jobs } from './services/jobs/index.ts';
import type { Names } from './services/names/index.ts';
import type { Pki } from './services/pki/index.ts';
import type { Registry } from './services/registry/index.ts';
import type { checkPort } from './services/registry/ports.ts';
import type { checkReach } from './services/registry/reach.ts';
import type { Setup } from './services/setup/index.ts';
import type { Trust } from './services/trust/index.ts';
import { isDiskFull } from './store/disk-full.ts';
import { watching } from './watching.ts';

/** Everything the procedures are given to. */
export interface Services {
  setup: Setup;
  pki: Pki;
  registry: Registry;
  access: Access;
  names: Names;
  devices: Devices;
  trust: Trust;
  jobs: Jobs;
  demo: Demo;
  book: LogBook;
  status: { now(): Promise<AppStatus>; onChange(listener: () => void): () => void };
  host: {
    info(): AppInfo;
    link(): { url: string } | Promise<{ url: string }>;
    stop(): { pid: number };
  };
  checkPort: typeof checkPort;
  checkReach: typeof checkReach;
}

/** Who asks, as the transport knows it. */
export interface CallContext {
  /** Ends when the caller's connection ends. */
  signal?: AbortSignal;
}

/** An interface, because the compiler does not write down a type as long as the contract's under another name. */
export interface AppRouter extends Router<Contract, CallContext> {}

const fieldOf = (error: ValidationError): AppErrorData => {
  const issue = error.issues[0];
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return describeError('BAD_INPUT', {
    field: path.join('.') || 'input',
    problem: issue?.message ?? 'is not valid',
  });
};

/** The one seam that turns what a service threw into data; unknown errors stay in the log. */
const toData = (error: unknown, log: Log): AppErrorData => {
  if (error instanceof AppError) return error.data;
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST' && error.cause instanceof ValidationError)
    return fieldOf(error.cause);
  if (isDiskFull(error)) return describeError('HOME_DISK_FULL');
  const reference = randomBytes(4).toString('hex');
  log.error('an unexpected error', { reference, error });
  return describeError('INTERNAL', { reference }, reference);
};

const toWire = (error: unknown, log: Log): unknown => {
  if (error instanceof ORPCError && error.code === 'MOORING') return error;
  const data = toData(error, log);
  return new ORPCError('MOORING', { defined: true, message: data.title, data });
};

const isIterator = (value: unknown): value is AsyncIterableIterator<unknown, unknown, void> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;

/** Errors of a stream pass the same seam as those of a call. */
async function* guarded(stream: AsyncIterableIterator<unknown, unknown, void>, log: Log) {
  try {
    yield* stream;
  } catch (error) {
    throw toWire(error, log);
  }
}

const statusIntervalMs = 100;

/** The one router every host and transport carries: each procedure of the contract, given to its service. */
export const createRouter = (services: Services): AppRouter => {
  const { setup, pki, registry, access, names, devices, trust, jobs, demo, book, status, host } = services;
  const log = book.log.area('router');

  const os = implement(contract)
    .$context<CallContext>()
    .use(async ({ next }, _input, output) => {
      try {
        const result = await next();
        return isIterator(result.output) ? output(guarded(result.output, log) as never) : result;
      } catch (error) {
        throw toWire(error, log);
      }
    });

  /** The state after an explicit act, with what that act has to say beside what always holds. */
  const withWarnings = async ({ warnings }: { warnings: string[] }) => {
    const state = await pki.state();
    return { ...state, warnings: [...new Set([...state.warnings, ...warnings])] };
  };

  const wantedLines = (after: number, level: Parameters<typeof isAtLeast>[1]) =>
    book.lines(after).filter((line) => isAtLeast(line.level, level));

  return os.router({
    app: {
      info: os.app.info.handler(() => host.info()),
      status: os.app.status.handler(() => status.now()),
      watch: os.app.watch.handler(({ signal }) =>
        watching({ read: status.now, subscribe: status.onChange, intervalMs: statusIntervalMs, signal }),
      ),
      stop: os.app.stop.handler(() => host.stop()),
      link: os.app.link.handler(() => host.link()),
    },
    setup: {
      preview: os.setup.preview.handler(({ input }) => setup.preview(input)),
      create: os.setup.create.handler(({ input }) => setup.create(input)),
      endpoint: os.setup.endpoint.handler(() => setup.endpoint()),
      change: os.setup.change.handler(({ input }) => setup.change(input)),
      ready: os.setup.ready.handler(() => setup.ready()),
    },
    pki: {
      state: os.pki.state.handler(() => pki.state()),
      caPem: os.pki.caPem.handler(() => pki.caPem()),
      renewLeaf: os.pki.renewLeaf.handler(async ({ input }) => withWarnings(await pki.renewLeaf(input))),
      checkImport: os.pki.checkImport.handler(({ input }) => pki.checkImport(input)),
      replaceCa: os.pki.replaceCa.handler(async ({ input }) =>
        withWarnings(await pki.replaceCa(input, setup.san())),
      ),
    },
    registry: {
      status: os.registry.status.handler(() => registry.status()),
      start: os.registry.start.handler(() => setup.serve()),
      stop: os.registry.stop.handler(() => setup.cease()),
      setPull: os.registry.setPull.handler(({ input }) => registry.setPull(input.pull)),
      checkPort: os.registry.checkPort.handler(({ input }) =>
        services.checkPort(input.port, setup.endpoint().listen),
      ),
      reach: os.registry.reach.handler(() =>
        services.checkReach({ addresses: setup.san().addresses, port: setup.endpoint().port }),
      ),
      usage: os.registry.usage.handler(() => registry.usage()),
      limits: os.registry.limits.handler(() => registry.limits()),
      setLimits: os.registry.setLimits.handler(({ input }) => registry.setLimits(input)),
      gc: os.registry.gc.handler(({ input }) => registry.gc(input)),
      verify: os.registry.verify.handler(() => registry.verify()),
      events: os.registry.events.handler(({ input }) => registry.events(input.limit)),
      watchEvents: os.registry.watchEvents.handler(({ signal }) =>
        watching({
          read: () => registry.events(50),
          subscribe: registry.onEvents,
          intervalMs: statusIntervalMs,
          signal,
        }),
      ),
    },
    users: {
      list: os.users.list.handler(() => access.list()),
      password: os.users.password.handler(({ input }) => access.password(input.name)),
      renewPassword: os.users.renewPassword.handler(({ input }) => access.renewPassword(input.name)),
    },
    names: {
      state: os.names.state.handler(() => names.state()),
      addresses: os.names.addresses.handler(() => names.candidates()),
    },
    devices: {
      list: os.devices.list.handler(({ input }) => devices.list(input)),
      page: os.devices.page.handler(({ input }) => devices.page(input)),
      matrix: os.devices.matrix.handler(({ input }) => devices.matrix(input)),
      get: os.devices.get.handler(({ input }) => devices.get(input.device)),
      contact: os.devices.contact.handler(({ input, signal }) => devices.contact(input, signal)),
      add: os.devices.add.handler(({ input, signal }) => devices.add(input, signal)),
      update: os.devices.update.handler(({ input }) => devices.update(input)),
      acceptHostKey: os.devices.acceptHostKey.handler(({ input }) => devices.acceptHostKey(input)),
      meet: os.devices.meet.handler(({ input, signal }) => devices.meet(input.selection, signal)),
      acceptHostKeys: os.devices.acceptHostKeys.handler(({ input }) => devices.acceptHostKeys(input)),
      remove: os.devices.remove.handler(({ input }) => devices.remove(input.device)),
      removeMany: os.devices.removeMany.handler(({ input }) => devices.removeMany(input)),
      setGroup: os.devices.setGroup.handler(({ input }) => devices.setGroup(input)),
      setTags: os.devices.setTags.handler(({ input }) => devices.setTags(input)),
      setLogin: os.devices.setLogin.handler(({ input }) => devices.setLogin(input)),
      groups: os.devices.groups.handler(() => devices.groups()),
      setGroupLogin: os.devices.setGroupLogin.handler(({ input }) => devices.setGroupLogin(input)),
      removeGroup: os.devices.removeGroup.handler(({ input }) => devices.removeGroup(input)),
      probe: os.devices.probe.handler(({ input }) => devices.probe(input)),
      discover: os.devices.discover.handler(({ input, signal }) => devices.discover(input, signal)),
      addFound: os.devices.addFound.handler(({ input }) => devices.addFound(input)),
      importPreview: os.devices.importPreview.handler(({ input, signal }) =>
        devices.importPreview(input, signal),
      ),
      importPreviewPage: os.devices.importPreviewPage.handler(({ input }) =>
        devices.importPreviewPage(input),
      ),
      import: os.devices.import.handler(({ input, signal }) => devices.import(input, signal)),
      importKnownHosts: os.devices.importKnownHosts.handler(({ input, signal }) =>
        devices.importKnownHosts(input, signal),
      ),
      export: os.devices.export.handler(({ input }) => devices.export(input)),
      csvTemplate: os.devices.csvTemplate.handler(() => devices.csvTemplate()),
      pullHello: os.devices.pullHello.handler(({ input }) => devices.pullHello(input.device)),
      loginLine: os.devices.loginLine.handler(({ input }) => devices.loginLine(input.device)),
    },
    filters: {
      list: os.filters.list.handler(() => devices.filters.list()),
      save: os.filters.save.handler(({ input }) => devices.filters.save(input)),
      remove: os.filters.remove.handler(({ input }) => devices.filters.remove(input)),
    },
    trust: {
      plan: os.trust.plan.handler(({ input }) => trust.plan(input)),
      push: os.trust.push.handler(({ input }) => trust.push(input)),
      verify: os.trust.verify.handler(({ input }) => trust.verify(input)),
      undo: os.trust.undo.handler(({ input }) => trust.undo(input)),
      undoNeeds: os.trust.undoNeeds.handler(({ input }) => trust.undoNeeds(input)),
      result: os.trust.result.handler(({ input }) => trust.result(input)),
      planGroups: os.trust.planGroups.handler(({ input }) => trust.planGroups(input)),
      script: os.trust.script.handler(({ input }) => trust.script(input)),
      status: os.trust.status.handler(({ input }) => trust.status(input)),
      journal: os.trust.journal.handler(({ input }) => trust.journal(input)),
      journalExport: os.trust.journalExport.handler(({ input }) => trust.journalExport(input)),
      history: os.trust.history.handler(({ input }) => trust.history(input)),
    },
    jobs: {
      list: os.jobs.list.handler(({ input }) => jobs.list(input.limit)),
      get: os.jobs.get.handler(({ input }) => jobs.get(input.id)),
      watch: os.jobs.watch.handler(({ input, signal }) => jobs.watch(input.id, signal)),
      items: os.jobs.items.handler(({ input: { id, offset, limit, ...filter } }) =>
        jobs.items(id, filter, { offset, limit }),
      ),
      cancel: os.jobs.cancel.handler(({ input }) => jobs.cancel(input.id)),
      pause: os.jobs.pause.handler(({ input }) => jobs.pause(input.id, input.when)),
      resume: os.jobs.resume.handler(({ input }) => jobs.resume(input.id)),
      retry: os.jobs.retry.handler(async ({ input }) => ({
        jobId: (await jobs.retry(input.id, input.code)).id,
      })),
    },
    demo: {
      state: os.demo.state.handler(() => demo.state()),
      watch: os.demo.watch.handler(({ signal }) =>
        watching({ read: demo.state, subscribe: demo.onChange, intervalMs: statusIntervalMs, signal }),
      ),
      start: os.demo.start.handler(({ input }) => demo.start(input)),
      stop: os.demo.stop.handler(() => demo.stop()),
      act: os.demo.act.handler(({ input }) => demo.act(input)),
    },
    logs: {
      tail: os.logs.tail.handler(({ input }) =>
        wantedLines(0, input.level)
          .filter(
            (line) =>
              line.message.includes(input.search) || JSON.stringify(line.details).includes(input.search),
          )
          .slice(-input.lines),
      ),
      watch: os.logs.watch.handler(({ input, signal }) => {
        let seen = input.after;
        const read = () => {
          const lines = wantedLines(seen, input.level);
          seen = lines.at(-1)?.sequence ?? seen;
          return lines;
        };
        return watching({ read, subscribe: book.watch, intervalMs: statusIntervalMs, signal });
      }),
    },
  });
};
