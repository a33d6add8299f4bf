import { bucketOf, isIncomplete, rowLabels, text } from '../api/table';
import type { AnalyticsRow, AnalyticsTable } from '../api/types';
import { isCut } from '../lib/buckets';
import type { Column } from './DataTable';

/** The column that names the rows of a table that is cut along time, and says which are not whole. */
export function bucketColumn(table: AnalyticsTable, head: string): Column<AnalyticsRow> {
  const { period } = table;
  const bucket = bucketOf(table);
  const label = rowLabels(table);
  const note = (row: AnalyticsRow) =>
    isIncomplete(row) ? ' so far' : isCut(bucket, text(row, bucket), period.from, period.to) ? ' in part' : null;
  return {
    key: bucket,
    head,
    className: 'whitespace-nowrap',
    value: (row) => Date.parse(text(row, bucket)),
    cell: (row) => (
      <>
        {label(row)}
        {note(row) && <span className="text-ink-3">{note(row)}</span>}
      </>
    ),
  };
}
