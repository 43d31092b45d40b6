import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { GridColumn, GridSort } from './virtual-grid.tsx';
import classes from './virtual-grid.module.css';

interface GridHeadProps<Row> {
  columns: GridColumn<Row>[];
  /** Places of those that exist. */
  shown: number[];
  sort: GridSort | undefined;
  onSort: ((sort: GridSort) => void) | undefined;
}

/** Titles of the columns; those that can sort are buttons. */
export const GridHead = <Row,>({ columns, shown, sort, onSort }: GridHeadProps<Row>) => (
  <div role="rowgroup" className={classes.head}>
    <div role="row" aria-rowindex={1} className={classes.titles}>
      {shown.map((place) => {
        const column = columns[place];
        if (!column) return null;
        const { key, title, lead, sortBy, isPinned } = column;
        const cell = {
          role: 'columnheader',
          'aria-colindex': place + 1,
          className: classes.title,
          style: { gridColumn: place + 1 },
          'data-pinned': isPinned || undefined,
        } as const;
        if (sortBy === undefined || !onSort)
          return (
            <div key={key} {...cell}>
              {lead}
              {title}
            </div>
          );
        const isSorted = sort?.by === sortBy;
        const Arrow = isSorted && sort.descending ? IconArrowDown : IconArrowUp;
        return (
          <div
            key={key}
            {...cell}
            aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}
          >
            {lead}
            <button
              type="button"
              className={classes.sort}
              data-sorted={isSorted || undefined}
              onClick={() => onSort({ by: sortBy, descending: isSorted && !sort.descending })}
            >
              {title}
              <Arrow size={13} stroke={2.2} aria-hidden className={classes.arrow} />
            </button>
          </div>
        );
      })}
    </div>
  </div>
);
