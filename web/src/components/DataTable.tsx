import { useState, type ReactNode } from 'react';
import { Icon } from './Icon';

export interface Column<Row> {
  key: string;
  head: string;
  /** What the head means, for those who point at it or have it read out. */
  hint?: string;
  cell: (row: Row) => ReactNode;
  /** Figures stand at the right edge, so that their digits are below each other. */
  align?: 'left' | 'right';
  /** What the column is sorted by; without it the column can't be. Nulls stand last either way. */
  value?: (row: Row) => number | string | null;
  className?: string;
}

interface Sorting {
  key: string;
  descending: boolean;
}

interface DataTableProps<Row> {
  /** Says what the table holds; read out, not shown. */
  caption: string;
  /** The first one names the row. */
  columns: readonly [Column<Row>, ...Column<Row>[]];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** Sets a row apart, such as one that has just arrived. */
  rowClass?: (row: Row) => string;
  /** Until another column is chosen; without it the rows stay as they come. */
  sorting?: Sorting;
  /** A last row over everything, by column key. */
  totals?: Readonly<Record<string, ReactNode>>;
  /** How high it may get before it scrolls by itself. */
  maxHeight?: string;
}

/** A table with a head that stays, columns that sort, and scrolling by keyboard where it is wider than the screen. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, rowKey, rowClass, totals, maxHeight = 'max-h-[32rem]' } = props;
  const [sorting, setSorting] = useState<Sorting | null>(props.sorting ?? null);
  const sorted = sortRows(rows, columns, sorting);
  const side = ({ align = 'left' }: Column<Row>) => (align === 'right' ? 'text-right' : 'text-left');
  return (
    // Focusable, so that the keyboard can scroll it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div role="region" tabIndex={0} aria-label={caption} className={`relative ${maxHeight} overflow-auto rounded-xl border border-line`}>
      <table className="figure w-full text-[0.8125rem]">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 z-10 bg-(--float) text-xs text-ink-2">
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                title={column.hint}
                aria-sort={sorting?.key !== column.key ? undefined : sorting.descending ? 'descending' : 'ascending'}
                className={`px-3 py-2.5 font-medium whitespace-nowrap ${side(column)} ${column.className ?? ''}`}
              >
                {column.value ? (
                  <SortButton column={column} sorting={sorting} onSort={setSorting} />
                ) : (
                  column.head
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => {
            const [first, ...others] = columns;
            return (
              <tr key={rowKey(row)} className={`border-t border-line hover:bg-fill ${rowClass?.(row) ?? ''}`}>
                <th scope="row" className={`px-3 py-2 font-normal ${side(first)} ${first.className ?? ''}`}>{first.cell(row)}</th>
                {others.map((column) => (
                  <td key={column.key} className={`px-3 py-2 whitespace-nowrap ${side(column)} ${column.className ?? ''}`}>{column.cell(row)}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
        {totals && (
          <tfoot className="sticky bottom-0 bg-(--float) font-medium">
            <tr className="border-t border-line">
              {columns.map((column, index) =>
                index === 0 ? (
                  <th key={column.key} scope="row" className={`px-3 py-2 font-medium ${side(column)}`}>{totals[column.key] ?? 'Total'}</th>
                ) : (
                  <td key={column.key} className={`px-3 py-2 whitespace-nowrap ${side(column)}`}>{totals[column.key]}</td>
                ),
              )}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

interface SortButtonProps<Row> {
  column: Column<Row>;
  sorting: Sorting | null;
  onSort: (sorting: Sorting) => void;
}

function SortButton<Row>({ column, sorting, onSort }: SortButtonProps<Row>) {
  const active = sorting?.key === column.key;
  const right = column.align === 'right';
  return (
    <button
      type="button"
      className={`inline-flex items-center gap-1 rounded hover:text-ink ${right ? 'flex-row-reverse' : ''}`}
      // Figures are looked at from the largest, words from A.
      onClick={() => onSort({ key: column.key, descending: active ? !sorting.descending : right })}
    >
      {column.head}
      <Icon name={active && !sorting.descending ? 'up' : 'down'} className={`size-3 ${active ? '' : 'opacity-0'}`} />
    </button>
  );
}

function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting | null): readonly Row[] {
  const value = columns.find(({ key }) => key === sorting?.key)?.value;
  if (!sorting || !value) return rows;
  const direction = sorting.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    if (typeof left === 'string' || typeof right === 'string') return direction * String(left).localeCompare(String(right));
    return direction * (left - right);
  });
}
