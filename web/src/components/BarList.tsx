import type { ReactNode } from 'react';
import { Link } from 'wouter';

interface BarRow {
  key: string;
  name: string;
  /** In small print below the name. */
  note?: string;
  /** What its bar is long by, against the longest. */
  share: number;
}

interface BarColumn<Row extends BarRow> {
  key: string;
  head: string;
  cell: (row: Row) => ReactNode;
  strong?: boolean;
  /** Left away where there is little room; the CSV has it. */
  wide?: boolean;
}

interface BarListProps<Row extends BarRow> {
  caption: string;
  head: string;
  rows: readonly Row[];
  columns: readonly BarColumn<Row>[];
  /** Where a name leads. */
  hrefOf?: (row: Row) => string;
}

/** A real table that looks like a list of bars. */
export function BarList<Row extends BarRow>({ caption, head, rows, columns, hrefOf }: BarListProps<Row>) {
  const longest = Math.max(...rows.map(({ share }) => share), 0);
  return (
    <table className="w-full text-[0.8125rem]">
      <caption className="sr-only">{caption}</caption>
      <thead className="text-xs text-ink-3">
        <tr>
          <th scope="col" className="pb-2 text-left font-medium">{head}</th>
          {columns.map((column) => (
            <th key={column.key} scope="col" className={`pb-2 pl-3 text-right font-medium whitespace-nowrap ${column.wide ? 'max-md:hidden' : ''}`}>{column.head}</th>
          ))}
        </tr>
      </thead>
      <tbody className="figure">
        {rows.map((row) => (
          <tr key={row.key} className="align-top">
            <th scope="row" className="w-full max-w-0 pb-2.5 text-left font-normal">
              {hrefOf ? (
                <Link href={hrefOf(row)} title={row.name} className="line-clamp-2 hover:underline">{row.name}</Link>
              ) : (
                <span title={row.name} className="line-clamp-2">{row.name}</span>
              )}
              {row.note !== undefined && <span className="block text-xs text-ink-3">{row.note}</span>}
              <span aria-hidden="true" className="mt-1.5 block h-1.5 overflow-hidden rounded-full bg-fill">
                <span
                  className="block h-full rounded-full bg-linear-to-r from-(--plot-net) to-(--plot-gross)"
                  style={{ width: `${longest > 0 ? Math.max(0, row.share / longest) * 100 : 0}%` }}
                />
              </span>
            </th>
            {columns.map((column) => (
              <td
                key={column.key}
                className={`pl-3 text-right whitespace-nowrap ${column.strong ? 'font-medium' : 'text-ink-2'} ${column.wide ? 'max-md:hidden' : ''}`}
              >
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
