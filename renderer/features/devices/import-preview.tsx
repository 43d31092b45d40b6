import { Button, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { ImportPreview, ImportProblem, ImportRow } from '#shared/model/device-import.ts';
import type { ErrorView } from '../../error-view.ts';
import { plural } from '../../format.ts';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { DialogGrid } from '../../ui/dialog-grid.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Lines, Sentence } from '../../ui/grid-cells.tsx';
import { StateDot, type Tone } from '../../ui/state-dot.tsx';
import { VirtualGrid, type GridColumn } from '../../ui/virtual-grid.tsx';
import { countWords, FORMATS, ROW_ACTIONS, ROW_LOGINS, toWrite } from './import-form.ts';
import classes from './import-dialog.module.css';

interface ImportPreviewStepProps {
  preview: ImportPreview;
  isBusy: boolean;
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
    track: 'minmax(140px, 1.4fr)',
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
    track: 'minmax(120px, 1.2fr)',
    render: ({ note }) => <Sentence text={note} isQuiet />,
  },
];

/** What an import would do, line by line. */
export const ImportPreviewStep = ({ preview, isBusy, error, onBack, onImport }: ImportPreviewStepProps) => {
  const count = toWrite(preview);
  const rows = useMemo(
    () => preview.rows.toSorted((a, b) => Number(b.action === 'skip') - Number(a.action === 'skip')),
    [preview],
  );
  const problems = preview.problems.length;
  return (
    <Stack gap="md">
      <Text size="sm">
        {FORMATS[preview.format]}: {countWords(preview) || 'no device in it'}.
        {problems > 0 ? ` ${plural(problems, 'problem')}, named below.` : ''}
      </Text>
      {problems > 0 ? <Problems problems={preview.problems} /> : null}
      {preview.notes.length > 0 ? (
        <ul className={classes.notes} aria-label="Not followed">
          {preview.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      {rows.length > 0 ? (
        <DialogGrid>
          <VirtualGrid
            label="Devices in the file"
            columns={COLUMNS}
            total={rows.length}
            rowAt={(index) => rows[index]}
            rowLabel={(row) => row.name || row.address}
            minWidth={760}
          />
        </DialogGrid>
      ) : null}
      {error ? <ErrorNote {...error} /> : null}
      <DialogActions note={problems > 0 ? 'Lines with problems are left out; the others are imported.' : ''}>
        <Button variant="default" onClick={onBack} disabled={isBusy}>
          Back
        </Button>
        <Button onClick={onImport} loading={isBusy} disabled={count === 0}>
          {count === 0 ? 'Nothing to import' : `Import ${plural(count, 'device')}`}
        </Button>
      </DialogActions>
    </Stack>
  );
};

/** Each bad line with what is wrong and what to do. */
export const Problems = ({ problems }: { problems: ImportProblem[] }) => (
  <ul className={classes.problems} aria-label="Problems" tabIndex={0}>
    {problems.map((one, index) => (
      <li key={index}>
        <span className={classes.line}>Line {one.line}</span>
        <span>
          <b>
            {one.field ? `${one.field}: ` : ''}
            {one.problem}
          </b>
          {one.next ? <span className={classes.next}> {one.next}</span> : null}
        </span>
      </li>
    ))}
  </ul>
);
