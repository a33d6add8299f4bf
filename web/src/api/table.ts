import { bucketLabels, buckets, type Bucket } from '../lib/buckets';
import type { AnalyticsRow, AnalyticsTable } from './types';

/** A figure of a row or of the totals; null where there is none. */
export function figure(row: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = row[name];
  return typeof value === 'number' ? value : null;
}

export const text = (row: AnalyticsRow, name: string): string => {
  const value = row[name];
  return typeof value === 'string' ? value : '';
};

export const isIncomplete = (row: AnalyticsRow): boolean => row['incomplete'] === true;

/** One metric over all rows, for lines. */
export const series = (table: AnalyticsTable, name: string): (number | null)[] => table.rows.map((row) => figure(row, name));

/** How the table is cut along time; it may still be the answer to an earlier question. */
export const bucketOf = ({ columns }: AnalyticsTable): Bucket =>
  buckets.find((bucket) => columns.some(({ name }) => name === bucket)) ?? 'day';

/** What the rows of a table that is cut along time are called. */
export function rowLabels(table: AnalyticsTable): (row: AnalyticsRow) => string {
  const bucket = bucketOf(table);
  const label = bucketLabels(bucket, table.rows.map((row) => text(row, bucket)));
  return (row) => label(text(row, bucket));
}
