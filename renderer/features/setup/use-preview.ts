import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import type { SetupPreview } from '#shared/model/setup.ts';
import { registryName } from '#shared/names.ts';
import { useClient } from '../../stores.tsx';
import { viewError, type ErrorView } from '../../error-view.ts';
import type { SetupForm } from './setup-form.ts';

export interface Preview {
  data: SetupPreview | null;
  /** True while the answer on screen belongs to older input. */
  isChecking: boolean;
  error: ErrorView | null;
}

const TYPING_MS = 450;

/** Looks, as the person types, who has the names and the port. */
export const usePreview = (form: Pick<SetupForm, 'name' | 'otherNames' | 'port'>): Preview => {
  const client = useClient();
  const names = [form.name, ...form.otherNames].flatMap((name) => registryName.safeParse(name).data ?? []);
  const wanted = JSON.stringify({ names, port: form.port === '' ? 5000 : form.port });
  const [asked] = useDebouncedValue(wanted, TYPING_MS);
  const [answer, setAnswer] = useState<{ for: string; data: SetupPreview } | null>(null);
  const [error, setError] = useState<ErrorView | null>(null);

  useEffect(() => {
    const controller = new AbortController();
    const input = JSON.parse(asked) as { names: string[]; port: number };
    client.setup.preview(input, { signal: controller.signal }).then(
      (data) => {
        if (controller.signal.aborted) return;
        setAnswer({ for: asked, data });
        setError(null);
      },
      (failure: unknown) => {
        if (!controller.signal.aborted) setError(viewError(failure));
      },
    );
    return () => controller.abort();
  }, [client, asked]);

  return { data: answer?.data ?? null, isChecking: answer?.for !== wanted && error === null, error };
};
