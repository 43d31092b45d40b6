import { useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useCallback, useMemo, type RefObject } from 'react';

interface Sized {
  px?: number;
  isPinned?: boolean;
}

/** As in the style sheet: between two columns, and at both ends of a row. */
const GAP_PX = 16;

/** Where every column says how wide it is at least: how wide all are then. Null: one does not, so all are always there. */
export const leastWidth = (columns: readonly Sized[]): number | null =>
  columns.every(({ px }) => px !== undefined)
    ? columns.reduce((sum, { px = 0 }) => sum + px + GAP_PX, GAP_PX)
    : null;

/** Columns of a range, those that are pinned, and the one that has the focus: taken away it would lose it. */
export const columnsOf = (
  columns: readonly Sized[],
  { startIndex, endIndex, overscan }: Pick<Range, 'startIndex' | 'endIndex' | 'overscan'>,
  focused: number,
): number[] =>
  columns.flatMap(({ isPinned }, index) =>
    isPinned || index === focused || (index >= startIndex - overscan && index <= endIndex + overscan)
      ? [index]
      : [],
  );

/**
 * Places of the columns that are to exist. A grid that scrolls sideways is exactly as wide as its columns are at least; one
 * that does not has all of them in view, however much wider they are.
 */
export const useColumnsInView = (
  columns: readonly Sized[],
  scroller: RefObject<HTMLElement | null>,
  focused: number,
): number[] => {
  const isLimited = leastWidth(columns) !== null;
  // eslint-disable-next-line react-hooks/incompatible-library -- as in `virtual-grid.tsx`
  const virtual = useVirtualizer({
    horizontal: true,
    enabled: isLimited,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (columns[index]?.px ?? 0) + GAP_PX,
    overscan: 2,
    rangeExtractor: useCallback((range: Range) => columnsOf(columns, range, focused), [columns, focused]),
    useFlushSync: false,
  });
  const shown = isLimited ? virtual.getVirtualIndexes().join() : columns.map((_, index) => index).join();
  return useMemo(() => (shown === '' ? [] : shown.split(',').map(Number)), [shown]);
};
