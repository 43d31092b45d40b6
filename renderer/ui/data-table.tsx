import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './data-table.module.css';

export interface Column<Row> {
  key: string;
  title: ReactNode;
  /** Left out where the window is narrow. */
  isOptional?: boolean;
  /** CSS width, for example `22%`. */
  width?: string;
  render(row: Row): ReactNode;
}

interface DataTableProps<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey(row: Row): string;
  isSelected?(row: Row): boolean;
  /** Pixels below which the table scrolls sideways. */
  minWidth?: number;
}

/** A table with a name, fixed columns and rows that tell they are selected. */
export const DataTable = <Row,>({
  label,
  columns,
  rows,
  rowKey,
  isSelected,
  minWidth = 0,
}: DataTableProps<Row>) => (
  <div className={classes.scroll}>
    <Table
      aria-label={label}
      layout="fixed"
      className={classes.table}
      miw={minWidth}
      borderColor="var(--line)"
    >
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column.key} w={column.width} data-optional={column.isOptional}>
              {column.title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={rowKey(row)} data-selected={isSelected?.(row) || undefined}>
            {columns.map((column) => (
              <Table.Td key={column.key} data-optional={column.isOptional}>
                {column.render(row)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </div>
);
