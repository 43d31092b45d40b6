import type { Device, DeviceFacts, RecordedTrust } from '#shared/model/devices.ts';
import type { PkiState } from '#shared/model/pki.ts';
import type { DeviceSelection } from '#shared/model/trust.ts';
import type { Log } from '#electron/log.ts';
import type { Jobs } from '#electron/services/jobs/index.ts';
import type { Store } from '#electron/store/index.ts';

/** A logged-in connection, as far as trust needs it. */
export interface TrustSession {
  run(
    body: string,
    options: {
      signal?: AbortSignal;
      timeoutMs: number;
      functions: string;
      onRecord?: (record: unknown) => void;
    },
  ): Promise<{ isComplete: boolean; output: string }>;
  close(): void;
}

/** A device as it is chosen for a run: there may be thousands. */
export interface Chosen {
  id: string;
  name: string;
  address: string;
  isSimulated: number | boolean;
}

/** What trust needs of the other rooms. */
export interface TrustNeeds {
  store: Pick<Store, 'sql' | 'secrets'>;
  log: Log;
  jobs: Pick<Jobs, 'define' | 'run' | 'results' | 'tally'>;
  devices: {
    /** @throws AppError NOT_FOUND when one of the chosen does not exist */
    choose(selection: DeviceSelection): Chosen[];
    select(selection: DeviceSelection): Device[];
    /** By id, name or address. */
    get(device: string): Device;
    /** The same for each of many devices of a run. */
    target(device: string): Device;
    connect(
      id: string,
      options: {
        signal: AbortSignal;
        onPhase?: (title: string) => void;
        held?: AbortSignal;
        enter?: (signal: AbortSignal) => Promise<() => void>;
        isKept?: boolean;
        acceptNewHostKeys?: boolean;
      },
    ): Promise<TrustSession>;
    saveTrust(id: string, patch: Partial<RecordedTrust>): void;
    saveFacts(id: string, facts: DeviceFacts): void;
  };
  pki: { state(): Promise<PkiState>; caPem(): { pem: string; fingerprint: string } };
  registry: {
    proofs: {
      issue(count: number): Promise<{ repository: string; digest: string; tags: string[] }>;
      wait(tag: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<unknown>;
      withdraw(tags: string[]): void;
    };
  };
  /** Registry hosts devices use, `host:port`, best first; `isHere` for devices that this computer plays. */
  references: (where: { isHere: boolean }) => string[];
  /** Who runs this app, `user@host`, for the journal. */
  who?: string;
  now?: () => Date;
  limits?: Partial<TrustLimits>;
}

export interface TrustLimits {
  /** One pull of the probe, seconds. */
  pullSeconds: number;
  /** How long the registry's own record of a pull is waited for. */
  proofMs: number;
}

export const defaultLimits: TrustLimits = { pullSeconds: 60, proofMs: 5000 };
