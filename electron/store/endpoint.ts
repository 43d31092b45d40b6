import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { hostKind } from '#shared/model/app.ts';
import { instant, portNumber } from '#shared/model/common.ts';
import { replaceFile } from './files.ts';

const endpointSchema = z.object({
  /** Loopback port of the app's own transport, not of the registry. */
  port: portNumber,
  /** Lets the owner of the folder in; secret. */
  token: z.string().min(1),
  pid: z.int().positive(),
  version: z.string(),
  host: hostKind,
  startedAt: instant,
});

/** Where a running app is reached. Advice only: the lock says whether one runs. */
export type Endpoint = z.infer<typeof endpointSchema>;

const fileOf = (dataDir: string): string => path.join(dataDir, 'endpoint.json');

/** Written by the holder of the folder, 0600. */
export const writeEndpoint = async (dataDir: string, endpoint: Endpoint): Promise<void> =>
  replaceFile(fileOf(dataDir), `${JSON.stringify(endpointSchema.parse(endpoint))}\n`, 0o600);

/** Undefined when there is none, or none that can be understood. */
export const readEndpoint = async (dataDir: string): Promise<Endpoint | undefined> => {
  try {
    const text = await fs.promises.readFile(fileOf(dataDir), 'utf8');
    return endpointSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/** Removed by the holder of the folder before it lets go. */
export const removeEndpoint = (dataDir: string): Promise<void> =>
  fs.promises.rm(fileOf(dataDir), { force: true });
