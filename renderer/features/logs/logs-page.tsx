import { NativeSelect, Switch, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { LogLine } from '#shared/model/app.ts';
import { useSelect, useStores } from '../../stores.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Page } from '../../ui/page.tsx';
import { formatLine, lineTime, searchLines } from './log-view.ts';
import type { LogLevel } from './store.ts';
import classes from './logs-page.module.css';

const LEVELS: { value: LogLevel; label: string }[] = [
  { value: 'debug', label: 'Debug and up' },
  { value: 'info', label: 'Info and up' },
  { value: 'warn', label: 'Warnings and errors' },
  { value: 'error', label: 'Errors only' },
];

export const LogsPage = () => {
  const { logs } = useStores();
  const lines = useSelect('logs', (state) => state.lines);
  const level = useSelect('logs', (state) => state.level);
  const search = useSelect('logs', (state) => state.search);
  const error = useSelect('logs', (state) => state.error);
  const [isFollowing, setFollowing] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => searchLines(lines, search), [lines, search]);
  useEffect(() => logs.open(), [logs]);
  useEffect(() => {
    if (isFollowing) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [isFollowing, shown]);
  return (
    <Page title="Logs" actions={<CopyButton value={shown.map(formatLine).join('\n')} what="log" isWide />}>
      {error ? <ErrorNote {...error} /> : null}
      <div className={classes.panel}>
        <div className={classes.tools}>
          <TextInput
            aria-label="Search logs"
            placeholder="Search, for example a reference or request"
            data-shortcut="search"
            leftSection={<IconSearch size={16} aria-hidden />}
            w={320}
            value={search}
            onChange={(event) => logs.setSearch(event.currentTarget.value)}
          />
          <NativeSelect
            aria-label="Level"
            data={LEVELS}
            value={level}
            onChange={(event) => logs.setLevel(event.currentTarget.value as LogLevel)}
          />
          <Switch
            label="Follow"
            checked={isFollowing}
            onChange={(event) => setFollowing(event.currentTarget.checked)}
          />
        </div>
        <div className={classes.log} ref={box} role="log" aria-label="Log" aria-live="off" tabIndex={0}>
          {shown.map((line) => (
            <Line key={line.sequence} line={line} />
          ))}
          {shown.length === 0 ? (
            <Text size="sm" c="dimmed" p="md">
              {lines.length === 0
                ? 'Nothing was logged at this level yet.'
                : 'No line contains what you search for.'}
            </Text>
          ) : null}
        </div>
      </div>
    </Page>
  );
};

const Line = ({ line }: { line: LogLine }) => {
  const details = Object.keys(line.details).length > 0 ? JSON.stringify(line.details) : '';
  return (
    <div className={classes.line} data-level={line.level}>
      <span className={classes.time}>{lineTime(line)}</span>
      <span className={classes.level}>{line.level}</span>
      <span className={classes.area}>{line.area}</span>
      <span className={classes.message}>
        {line.message} {details ? <span className={classes.details}>{details}</span> : null}
      </span>
    </div>
  );
};
