import { useCallback, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react';

interface GridKeys<Row> {
  total: number;
  rowAt(index: number): Row | undefined;
  /** Rows that fit on the screen. */
  pageRows: RefObject<number>;
  scrollTo(index: number): void;
  isSelected?(row: Row): boolean;
  onSelect?(rows: Row[], isSelected: boolean): void;
  onSelectAll?(): void;
  onOpen?(row: Row): void;
}

/** Where a key leads from row `from`; null for keys that do not move. */
export const moveTo = (key: string, from: number, pageRows: number, total: number): number | null => {
  const to = (
    {
      ArrowDown: from + 1,
      ArrowUp: from - 1,
      PageDown: from + pageRows,
      PageUp: from - pageRows,
      Home: 0,
      End: total - 1,
    } as Record<string, number>
  )[key];
  return to === undefined ? null : Math.max(0, Math.min(total - 1, to));
};

/** The row of the grid on this page that Tab leads to. */
export const activeRow = (): HTMLElement | null =>
  document.querySelector<HTMLElement>('[role="grid"] [data-row][tabindex="0"]');

/** What of a row Left and Right go through; the row itself is the first. */
const stopsOf = (row: Element): HTMLElement[] => [
  row as HTMLElement,
  ...row.querySelectorAll<HTMLElement>('a, button:not(:disabled), input:not(:disabled)'),
];

/** Moves the focus within the row. */
const moveInRow = (target: HTMLElement, step: number): boolean => {
  const row = target.closest('[data-row]');
  if (!row) return false;
  const stops = stopsOf(row);
  stops[stops.indexOf(target) + step]?.focus();
  return true;
};

/**
 * The active row of a grid and what the keys do with it. Left and Right go through what is in the row, the others work
 * while the row itself has the focus.
 */
export const useGridKeys = <Row>(grid: GridKeys<Row>) => {
  const [{ index: wanted, column: activeColumn }, setActive] = useState({ index: 0, column: -1 });
  const active = Math.max(0, Math.min(wanted, grid.total - 1));
  const movedTo = useRef<{ index: number; grid: Element } | null>(null);

  // The row may exist only after the grid has scrolled to it.
  useLayoutEffect(() => {
    const target = movedTo.current;
    const row = target?.grid.querySelector<HTMLElement>(`[data-row="${target.index}"]`);
    if (!row) return;
    movedTo.current = null;
    row.focus({ preventScroll: true });
  });

  const select = (first: number, last: number, isSelected: boolean) => {
    const rows: Row[] = [];
    for (let index = Math.min(first, last); index <= Math.max(first, last); index += 1) {
      const row = grid.rowAt(index);
      if (row !== undefined) rows.push(row);
    }
    grid.onSelect?.(rows, isSelected);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const { target } = event;
    if (!(target instanceof HTMLElement)) return;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined && isPlain && moveInRow(target, step)) {
      event.preventDefault();
      return;
    }
    if (target.dataset['row'] === undefined) return;
    const row = grid.rowAt(active);
    const to = moveTo(event.key, active, grid.pageRows.current, grid.total);
    if (to !== null && isPlain) {
      if (event.shiftKey) select(active, to, true);
      movedTo.current = { index: to, grid: event.currentTarget };
      setActive({ index: to, column: -1 });
      grid.scrollTo(to);
    } else if (event.key === ' ' && row !== undefined && grid.onSelect) {
      grid.onSelect([row], !(grid.isSelected?.(row) ?? false));
    } else if (event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey) && grid.onSelectAll) {
      grid.onSelectAll();
    } else if (event.key === 'Enter' && row !== undefined && grid.onOpen) {
      grid.onOpen(row);
    } else return;
    event.preventDefault();
  };
  const activate = useCallback(
    (index: number, column: number) =>
      setActive((now) => (now.index === index && now.column === column ? now : { index, column })),
    [],
  );
  return { active, activeColumn, activate, onKeyDown };
};
