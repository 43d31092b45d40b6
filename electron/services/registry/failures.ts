import { networkInterfaces } from 'node:os';
import { AppError } from '#shared/errors.ts';
import type { PortCheck } from '#shared/model/registry.ts';
import { EngineFailure } from './link.ts';
import type { EngineConfig } from './messages.ts';

type CheckPort = (port: number, listen: string) => Promise<PortCheck>;

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address }) => address);

const portInUse = async (config: EngineConfig, checkPort: CheckPort): Promise<AppError> => {
  const { holder, proposal } = await checkPort(config.port, config.listen);
  return new AppError('PORT_IN_USE', {
    port: config.port,
    holder: holder ?? 'another program',
    proposal: proposal ?? 5443,
  });
};

const unwritable = (folder: string, failure: EngineFailure) =>
  new AppError(
    'STORAGE_UNWRITABLE',
    { folder, problem: `The system says ${failure.code}.` },
    { cause: failure },
  );

/** Translates why an engine did not begin to serve. */
export const explainFailure = async (
  failure: unknown,
  config: EngineConfig | null,
  checkPort: CheckPort,
): Promise<AppError> => {
  if (failure instanceof AppError) return failure;
  if (!(failure instanceof EngineFailure) || !config) {
    return new AppError('REGISTRY_CRASHED', { problem: 'It could not be started.' }, { cause: failure });
  }
  switch (failure.code) {
    case 'EADDRINUSE':
      return portInUse(config, checkPort);
    case 'LISTEN_EACCES':
      return new AppError('PORT_FORBIDDEN', { port: config.port }, { cause: failure });
    case 'EADDRNOTAVAIL':
      return new AppError('LISTEN_ADDRESS', { listen: config.listen, choices: ownAddresses().join(', ') });
    case 'CERTIFICATE':
      return new AppError('CERTIFICATE_MISSING', {}, { cause: failure });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOSPC':
    case 'EDQUOT':
    case 'ENOTDIR':
    case 'EEXIST':
      return unwritable(config.storageRoot, failure);
    default:
      return new AppError(
        'REGISTRY_CRASHED',
        { problem: `It said: ${failure.message}.` },
        { cause: failure },
      );
  }
};
