import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { GridColumn, GridSort } from './virtual-grid.tsx';
import classes from './virtual-grid.module.css';

interface GridHeadProps<Row> {
  columns: GridColumn<Row>[];
  sort: GridSort | undefined;
  onSort: ((sort: GridSort) => void) | undefined;
}

/** Titles of the columns; those that can sort are buttons. */
export const GridHead = <Row,>({ columns, sort, onSort }: GridHeadProps<Row>) => (
  <div role="rowgroup" className={classes.head}>
    <div role="row" aria-rowindex={1} className={classes.titles}>
      {columns.map(({ key, title, lead, sortBy, isPinned }) => {
        if (sortBy === undefined || !onSort)
          return (
            <div key={key} role="columnheader" className={classes.title} data-pinned={isPinned || undefined}>
              {lead}
              {title}
            </div>
          );
        const isSorted = sort?.by === sortBy;
        const Arrow = isSorted && sort.descending ? IconArrowDown : IconArrowUp;
        return (
          <div
            key={key}
            role="columnheader"
            className={classes.title}
            data-pinned={isPinned || undefined}
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
