import { Button } from '@mantine/core';
import { useState } from 'react';
import type { ImportProblem } from '#shared/model/device-import.ts';
import { formatCount } from '../../format.ts';
import { ErrorNote } from '../../ui/error-note.tsx';
import { useAction } from '../../use-action.ts';
import classes from './import-dialog.module.css';

interface ProblemsProps {
  problems: ImportProblem[];
  /** How many there are, when these are the first of more. */
  total?: number;
  /** The next of them, from an offset on. */
  load?(offset: number): Promise<ImportProblem[]>;
}

/** So many are laid out at once: a text with no good line in it may have thousands. */
const STEP = 100;

/** Each bad line with what is wrong and what to do. */
export const Problems = ({ problems, total = problems.length, load }: ProblemsProps) => {
  const [shown, setShown] = useState(() => problems.slice(0, STEP));
  const { isBusy, error, run } = useAction();
  const left = total - shown.length;
  const showMore = () =>
    void run(async () => {
      const here = problems.slice(shown.length, shown.length + STEP);
      setShown([...shown, ...(here.length > 0 || !load ? here : await load(shown.length))]);
    });
  return (
    <>
      <ul className={classes.problems} aria-label="Problems" tabIndex={0}>
        {shown.map((one, index) => (
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
        {left > 0 ? (
          <li>
            <Button variant="default" size="compact-sm" loading={isBusy} onClick={showMore}>
              Show {formatCount(Math.min(STEP, left))} of {formatCount(left)} more
            </Button>
          </li>
        ) : null}
      </ul>
      {error ? <ErrorNote {...error} /> : null}
    </>
  );
};
