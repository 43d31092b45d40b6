import { Anchor, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ItemState, JobItem, JobView } from '#shared/model/jobs.ts';
import { goTo, links } from '../../app/route.ts';
import { titleBeside } from '../../error-view.ts';
import { formatCount } from '../../format.ts';
import { createPagedList } from '../../paged-list.ts';
import { useClient } from '../../stores.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { GridLink, Lines } from '../../ui/grid-cells.tsx';
import { StateDot } from '../../ui/state-dot.tsx';
import { VirtualGrid, type GridColumn } from '../../ui/virtual-grid.tsx';
import { ITEM_WORDS } from './run-view.ts';
import pill from '../../ui/pill.module.css';
import classes from './run-items.module.css';

interface ItemsQuery {
  states: ItemState[];
  code: string | null;
  search: string;
}

const REFRESH_MS = 800;

/** The items of a job as a list that is read page by page, kept true while the job changes. */
const useItemList = (job: JobView, query: ItemsQuery) => {
  const client = useClient();
  const list = useMemo(
    () =>
      createPagedList(async ({ states, code, search }: ItemsQuery, offset, limit, signal) => {
        const { items, total } = await client.jobs.items(
          {
            id: job.id,
            ...(states.length > 0 ? { states } : {}),
            ...(code === null ? {} : { code }),
            ...(search.trim() === '' ? {} : { search: search.trim() }),
            offset,
            limit,
          },
          { signal },
        );
        return { rows: items, total };
      }),
    [client, job.id],
  );
  useEffect(() => list.ask(query), [list, query]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // A job that runs changes ten times a second; a person reads slower.
  useEffect(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      void list.refresh();
    }, REFRESH_MS);
  }, [list, job]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [list],
  );
  return list;
};

const STATES: ItemState[] = ['failed', 'running', 'waiting', 'succeeded', 'unchanged', 'cancelled'];

const messageOf = ({ error, message, attempts }: JobItem): string =>
  `${error ? titleBeside(error) : message}${attempts > 1 ? ` (${attempts} tries)` : ''}`;

const COLUMNS: GridColumn<JobItem>[] = [
  {
    key: 'device',
    title: 'Device',
    track: 'minmax(150px, 1.2fr)',
    render: (item, { tabIndex }) => (
      <GridLink href={links.device(item.id)} text={item.label} tabIndex={tabIndex} />
    ),
  },
  {
    key: 'state',
    title: 'State',
    track: '130px',
    render: (item) => <StateDot {...ITEM_WORDS[item.state]} />,
  },
  {
    key: 'phase',
    title: 'Phase',
    track: '150px',
    from: 720,
    render: (item) => (
      <Lines first={item.state === 'running' || item.state === 'failed' ? item.phase : ''} isQuiet />
    ),
  },
  {
    key: 'message',
    title: 'What happened',
    track: 'minmax(200px, 2.4fr)',
    render: (item) => <Lines first={messageOf(item)} />,
  },
];

interface RunItemsProps {
  job: JobView;
  code: string | null;
  onCode(code: string | null): void;
}

/** One row a device: where it is now, or how it ended. */
export const RunItems = ({ job, code, onCode }: RunItemsProps) => {
  const [states, setStates] = useState<ItemState[]>([]);
  const [search, setSearch] = useState('');
  const query = useMemo(() => ({ states, code, search }), [states, code, search]);
  const list = useItemList(job, query);
  const { total, rows, error } = useStore(list);
  const isFiltered = states.length > 0 || code !== null || search !== '';
  const cause = job.causes.find((one) => one.code === code);
  return (
    <section className={classes.panel} aria-label="Devices">
      <div className={classes.tools}>
        {job.total > 8 ? (
          <TextInput
            aria-label="Find a device in this run"
            placeholder="Find a device"
            data-shortcut="search"
            leftSection={<IconSearch size={16} aria-hidden />}
            className={classes.search}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
        ) : null}
        <div role="group" aria-label="Filter by state" className={classes.states}>
          {STATES.filter((state) => job.counts[state] > 0 || states.includes(state)).map((state) => (
            <button
              key={state}
              type="button"
              className={pill.pill}
              aria-pressed={states.includes(state)}
              onClick={() =>
                setStates(
                  states.includes(state) ? states.filter((other) => other !== state) : [...states, state],
                )
              }
            >
              <StateDot
                tone={ITEM_WORDS[state].tone}
                label={`${formatCount(job.counts[state])} ${ITEM_WORDS[state].label.toLowerCase()}`}
              />
            </button>
          ))}
        </div>
        {cause ? (
          <Text size="sm" c="dimmed" truncate className={classes.cause}>
            Only: {cause.title}
          </Text>
        ) : null}
        {isFiltered ? (
          <Anchor
            component="button"
            type="button"
            size="sm"
            className={classes.clear}
            onClick={() => {
              setStates([]);
              setSearch('');
              onCode(null);
            }}
          >
            Show all
          </Anchor>
        ) : null}
      </div>
      {error ? <ErrorNote {...error} /> : null}
      {total === 0 ? (
        <p className={classes.nothing}>{isFiltered ? 'No device of this run matches.' : 'No device yet.'}</p>
      ) : (
        <VirtualGrid
          label="Devices in this run"
          columns={COLUMNS}
          total={total ?? 0}
          rowAt={(index) => rows.get(index)}
          rowLabel={(item) => item.label}
          onShow={list.show}
          onOpen={(item) => goTo(links.device(item.id))}
          minWidth={600}
          isDense
        />
      )}
    </section>
  );
};
