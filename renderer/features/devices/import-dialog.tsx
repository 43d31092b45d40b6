import { useRef, useState } from 'react';
import type { ImportPreview, ImportResult, ImportState } from '#shared/model/device-import.ts';
import { useClient, useStores } from '../../stores.tsx';
import { useAction } from '../../use-action.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { emptySource, toImportInput, type ImportSource } from './import-form.ts';
import { ImportPreviewStep } from './import-preview.tsx';
import { ImportResultStep } from './import-result.tsx';
import { ImportSourceStep } from './import-source.tsx';

/** From a file to devices in three steps: give it, look at it, done. Nobody is connected to. */
export const ImportDialog = ({ onClose }: { onClose(): void }) => {
  const client = useClient();
  const { devices } = useStores();
  const [source, setSource] = useState<ImportSource>(emptySource);
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [progress, setProgress] = useState<ImportState | null>(null);
  const [result, setResult] = useState<ImportResult | null>(null);
  const { isBusy, error, run, clear } = useAction();
  const writing = useRef<AbortController>(null);

  const look = (given: ImportSource) => {
    setSource(given);
    void run(async () => setPreview(await client.devices.importPreview(toImportInput(given))));
  };
  const write = () =>
    void run(async () => {
      const { signal } = (writing.current = new AbortController());
      const order = { ...toImportInput(source), skipProblems: true };
      try {
        for await (const state of await client.devices.import(order, { signal })) {
          setProgress(state);
          setResult(state.result);
        }
      } catch (failure) {
        if (!signal.aborted) throw failure;
      } finally {
        setProgress(null);
      }
      await devices.refreshNow();
    });
  /** While it is written everything can still be left as it is. */
  const back = () => {
    if (isBusy) {
      writing.current?.abort();
      return;
    }
    clear();
    setPreview(null);
  };
  return (
    <Dialog onClose={onClose} title="Import devices" size={preview && !result ? 980 : 680}>
      {result ? (
        <ImportResultStep result={result} hostKey={source.hostKey} onClose={onClose} />
      ) : preview ? (
        <ImportPreviewStep
          preview={preview}
          isBusy={isBusy}
          progress={progress}
          error={error}
          onBack={back}
          onImport={write}
        />
      ) : (
        <ImportSourceStep source={source} isBusy={isBusy} error={error} onChange={setSource} onLook={look} />
      )}
    </Dialog>
  );
};
