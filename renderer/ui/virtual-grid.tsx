import { useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useElementSize } from '@mantine/hooks';
import { memo, useCallback, useEffect, useMemo, useRef, type CSSProperties, type ReactNode } from 'react';
import { GridHead } from './grid-head.tsx';
import { leastWidth, useColumnsInView } from './use-columns-in-view.ts';
import { useGridKeys } from './use-grid-keys.ts';
import classes from './virtual-grid.module.css';

export interface GridColumn<Row> {
  key: string;
  title: ReactNode;
  /** Beside the title, outside of the button that sorts. */
  lead?: ReactNode;
  /** Track of the CSS grid, for example `minmax(160px, 2fr)`. */
  track: string;
  /** Its least width, as in the track. Where all columns have one, they exist only while they are in view. */
  px?: number;
  /** Left out where the grid is narrower than this many pixels. */
  from?: number;
  /** Stays in view at the left while the others scroll sideways. */
  isPinned?: boolean;
  /** Sorting by this column is offered under this name. */
  sortBy?: string;
  /** Plain elements: a screen of rows is made anew while a person scrolls. */
  render(row: Row, cell: GridCell): ReactNode;
}

export interface GridCell {
  /** For what can be focused in the cell: only the active row's is reached by Tab. */
  tabIndex: number;
  isSelected: boolean;
}

export interface GridSort {
  by: string;
  descending: boolean;
}

interface VirtualGridProps<Row> {
  label: string;
  columns: GridColumn<Row>[];
  total: number;
  rowAt(index: number): Row | undefined;
  /** How the row is called. */
  rowLabel(row: Row): string;
  /** Rows that are in view now, for a list that is read page by page. */
  onShow?(first: number, last: number): void;
  isSelected?(row: Row): boolean;
  /** Space, Shift with arrows, Ctrl+A; `rows` are neighbours. */
  onSelect?(rows: Row[], isSelected: boolean): void;
  onSelectAll?(): void;
  /** Enter. */
  onOpen?(row: Row): void;
  sort?: GridSort;
  onSort?(sort: GridSort): void;
  /** Pixels below which the grid scrolls sideways. */
  minWidth?: number;
  /** Rows of one line. */
  isDense?: boolean;
  /** Titles of two lines. */
  isTall?: boolean;
}

const ROW_PX = 46;
const DENSE_PX = 38;
const HEAD_PX = 38;
const TALL_HEAD_PX = 54;
const OVERSCAN = 6;

/** A table of any length: only the rows in view exist, one of them is the active one that the arrow keys move. */
export const VirtualGrid = <Row,>(props: VirtualGridProps<Row>) => {
  const { label, total, rowAt, onShow, isDense = false, isTall = false } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sized, width } = useElementSize();
  const columns = useMemo(
    () => props.columns.filter(({ from = 0 }) => width === 0 || width >= from),
    [props.columns, width],
  );
  const pages = useRef(10);
  const keys = useGridKeys({ ...props, total, pageRows: pages, scrollTo: (index) => scrollTo(index) });
  const { active, activeColumn } = keys;
  const minWidth = props.minWidth ?? leastWidth(columns) ?? 0;
  const shown = useColumnsInView(columns, scroller, activeColumn);
  const extract = useCallback((range: Range) => withActive(range, active), [active]);
  // eslint-disable-next-line react-hooks/incompatible-library -- warns users of the React compiler; this page is built without
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => (isDense ? DENSE_PX : ROW_PX),
    overscan: OVERSCAN,
    rangeExtractor: extract,
    scrollPaddingStart: isTall ? TALL_HEAD_PX : HEAD_PX,
    // A frame may come late; none may be held up.
    useFlushSync: false,
  });
  const scrollTo = (index: number) => virtual.scrollToIndex(index);
  const { startIndex = 0, endIndex = 0 } = virtual.range ?? {};
  useEffect(() => {
    pages.current = Math.max(1, endIndex - startIndex - 1);
    onShow?.(startIndex, endIndex);
  }, [onShow, startIndex, endIndex, total]);

  return (
    <div
      ref={scroller}
      className={classes.scroll}
      role="grid"
      data-dense={isDense || undefined}
      data-tall={isTall || undefined}
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-multiselectable={props.onSelect ? true : undefined}
      onKeyDown={keys.onKeyDown}
    >
      <div ref={sized} className={classes.inner} style={{ minWidth, ...trackStyle(columns) }}>
        <GridHead columns={columns} shown={shown} sort={props.sort} onSort={props.onSort} />
        <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rowAt(index);
            return (
              <Row
                key={index}
                index={index}
                start={start}
                row={row}
                label={row === undefined ? 'Reading' : props.rowLabel(row)}
                columns={columns}
                shown={shown}
                isActive={index === active}
                isSelected={row === undefined ? undefined : props.isSelected?.(row)}
                onFocus={keys.activate}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
};

/** The tracks of every row, as a custom property. */
const trackStyle = (columns: { track: string }[]): CSSProperties =>
  ({ '--tracks': columns.map(({ track }) => track).join(' ') }) as CSSProperties;

/** The rows in view, and the active one wherever it is: a row that is taken away loses the focus. */
const withActive = ({ startIndex, endIndex, overscan, count }: Range, active: number): number[] => {
  const first = Math.max(0, startIndex - overscan);
  const last = Math.min(count - 1, endIndex + overscan);
  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);
  if (active >= count || (active >= first && active <= last)) return indexes;
  return active < first ? [active, ...indexes] : [...indexes, active];
};

/** The place of the column in which something has the focus; -1 for the row itself. */
const columnAt = (target: Element): number =>
  Number(target.closest('[aria-colindex]')?.getAttribute('aria-colindex') ?? 0) - 1;

interface GridRowProps<Row> {
  index: number;
  start: number;
  row: Row | undefined;
  label: string;
  columns: GridColumn<Row>[];
  /** Places of those that exist. */
  shown: number[];
  isActive: boolean;
  isSelected: boolean | undefined;
  onFocus(index: number, column: number): void;
}

const GridRow = <Row,>(props: GridRowProps<Row>) => {
  const { index, start, row, label, columns, shown, isActive, isSelected = false, onFocus } = props;
  const tabIndex = isActive ? 0 : -1;
  return (
    <div
      role="row"
      data-row={index}
      className={classes.row}
      style={{ transform: `translateY(${start}px)` }}
      tabIndex={tabIndex}
      aria-rowindex={index + 2}
      aria-label={label}
      aria-selected={props.isSelected}
      onFocus={({ target }) => onFocus(index, columnAt(target))}
    >
      {shown.map((place) => {
        const column = columns[place];
        return column ? (
          <div
            key={column.key}
            role="gridcell"
            aria-colindex={place + 1}
            className={classes.cell}
            style={{ gridColumn: place + 1 }}
            data-pinned={column.isPinned || undefined}
          >
            {row === undefined ? (
              <span className={classes.unread} />
            ) : (
              column.render(row, { tabIndex, isSelected })
            )}
          </div>
        ) : null;
      })}
    </div>
  );
};

/** While a person scrolls, rows that stay are not made anew. */
const Row = memo(GridRow) as typeof GridRow;
