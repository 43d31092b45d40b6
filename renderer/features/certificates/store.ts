import { createStore, type StoreApi } from 'zustand/vanilla';
import type { PkiState } from '#shared/model/pki.ts';
import type { EndpointChoice } from '#shared/model/setup.ts';
import type { Connection } from '../../client.ts';
import { viewError, type ErrorView } from '../../error-view.ts';

export interface CertificatesState {
  pki: PkiState | null;
  /** PEM of the CA and where it lies on this computer. */
  ca: { pem: string; fingerprint: string; file: string } | null;
  endpoint: EndpointChoice | null;
  error: ErrorView | null;
}

export interface CertificatesStore extends StoreApi<CertificatesState> {
  load(): Promise<void>;
  setPki(pki: PkiState): void;
}

export const createCertificatesStore = ({ client }: Connection): CertificatesStore => {
  const store = createStore<CertificatesState>(() => ({ pki: null, ca: null, endpoint: null, error: null }));
  const load = async (): Promise<void> => {
    try {
      const [pki, ca, endpoint] = await Promise.all([
        client.pki.state(),
        client.pki.caPem(),
        client.setup.endpoint(),
      ]);
      store.setState({ pki, ca, endpoint, error: null });
    } catch (error) {
      store.setState({ error: viewError(error) });
    }
  };
  return Object.assign(store, {
    load,
    setPki(pki: PkiState) {
      store.setState({ pki });
    },
  });
};
