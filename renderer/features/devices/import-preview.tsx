import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useCallback, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { ImportPreview, ImportRow, ImportState } from '#shared/model/device-import.ts';
import type { ErrorView } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { createPagedList } from '../../paged-list.ts';
import { useClient } from '../../stores.tsx';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { DialogGrid } from '../../ui/dialog-grid.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Lines, Sentence } from '../../ui/grid-cells.tsx';
import { StateDot, type Tone } from '../../ui/state-dot.tsx';
import { VirtualGrid, type GridColumn } from '../../ui/virtual-grid.tsx';
import { countWords, progressWords, FORMATS, ROW_ACTIONS, ROW_LOGINS, toWrite } from './import-form.ts';
import { Problems } from './problems.tsx';
import classes from './import-dialog.module.css';

interface ImportPreviewStepProps {
  preview: ImportPreview;
  isBusy: boolean;
  /** How far the import is, while one runs. */
  progress: ImportState | null;
  error: ErrorView | null;
  onBack(): void;
  onImport(): void;
}

const TONES: Record<ImportRow['action'], Tone> = { add: 'ok', update: 'busy', same: 'idle', skip: 'warn' };

const COLUMNS: GridColumn<ImportRow>[] = [
  { key: 'line', title: 'Line', track: '48px', render: ({ line }) => <Lines first={String(line)} isQuiet /> },
  {
    key: 'action',
    title: 'What happens',
    track: '110px',
    render: ({ action }) => <StateDot tone={TONES[action]} label={ROW_ACTIONS[action]} />,
  },
  {
    key: 'name',
    title: 'Device',
    track: 'minmax(140px, 2fr)',
    render: ({ name, address }) => <Lines first={name || address} second={name === address ? '' : address} />,
  },
  {
    key: 'login',
    title: 'Login',
    track: 'minmax(130px, 1fr)',
    render: ({ user, port, login }) => (
      <Lines first={`${user}, ${ROW_LOGINS[login]}`} second={port === null ? '' : `port ${port}`} />
    ),
  },
  {
    key: 'group',
    title: 'Group and tags',
    track: 'minmax(100px, 0.8fr)',
    render: ({ group, tags }) => <Lines first={group} second={tags.join(', ')} />,
  },
  {
    key: 'note',
    title: 'To know',
    track: 'minmax(120px, 1fr)',
    render: ({ note }) => <Sentence text={note} isQuiet />,
  },
];

/** The rows of a preview; the first page came with it. */
const useRows = ({ id, rows: first, counts }: ImportPreview) => {
  const client = useClient();
  const total = counts.add + counts.update + counts.same + counts.skip;
  const list = useMemo(
    () =>
      createPagedList(async (preview: string, offset, limit, signal) => {
        const isKnown = Math.min(offset + limit, total) <= first.length;
        const { rows } = isKnown
          ? { rows: first.slice(offset, offset + limit) }
          : await client.devices.importPreviewPage({ preview, offset, limit }, { signal });
        return { rows, total };
      }),
    [client, first, total],
  );
  useEffect(() => list.ask(id), [list, id]);
  const { rows, error } = useStore(list);
  const onShow = useCallback((from: number, to: number) => list.show(from, to), [list]);
  return { rows, total, error, onShow };
};

const ImportProgress = ({ progress }: { progress: ImportState }) => (
  <Group gap="sm" wrap="nowrap">
    <Progress
      flex={1}
      value={progress.total > 0 ? (100 * progress.done) / progress.total : 0}
      aria-label="Lines made ready"
      size="sm"
    />
    <Text size="sm" role="status">
      {progressWords(progress)}
    </Text>
  </Group>
);

/** What an import would do, line by line. */
export const ImportPreviewStep = (props: ImportPreviewStepProps) => {
  const { preview, isBusy, progress, error, onBack, onImport } = props;
  const count = toWrite(preview);
  const client = useClient();
  const list = useRows(preview);
  const loadProblems = async (offset: number) =>
    (await client.devices.importPreviewPage({ preview: preview.id, offset })).problems;
  const { problems } = preview.counts;
  return (
    <Stack gap="md">
      <Text size="sm">
        {FORMATS[preview.format]}: {countWords(preview) || 'no device in it'}.
        {problems > 0 ? ` ${plural(problems, 'problem')}, named below.` : ''}
      </Text>
      {problems > 0 ? <Problems problems={preview.problems} total={problems} load={loadProblems} /> : null}
      {preview.notes.length > 0 ? (
        <ul className={classes.notes} aria-label="Not followed">
          {preview.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      {list.total > 0 ? (
        <DialogGrid>
          <VirtualGrid
            label="Devices in the file"
            columns={COLUMNS}
            total={list.total}
            rowAt={(index) => list.rows.get(index)}
            rowLabel={(row) => row.name || row.address}
            onShow={list.onShow}
            minWidth={760}
          />
        </DialogGrid>
      ) : null}
      {list.error ? <ErrorNote {...list.error} /> : null}
      {error ? <ErrorNote {...error} /> : null}
      {progress ? <ImportProgress progress={progress} /> : null}
      <DialogActions note={problems > 0 ? 'Lines with problems are left out; the others are imported.' : ''}>
        <Button variant="default" onClick={onBack}>
          {isBusy ? 'Cancel' : 'Back'}
        </Button>
        <Button onClick={onImport} loading={isBusy} disabled={count === 0}>
          {count === 0 ? 'Nothing to import' : `Import ${plural(count, 'device')}`}
        </Button>
      </DialogActions>
    </Stack>
  );
};
