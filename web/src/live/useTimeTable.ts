import { useMemo } from 'react';
import type { AnalyticsQuery, AnalyticsTable } from '../api/types';
import type { Bucket } from '../lib/buckets';
import { afterDays, type Days } from './useDays';
import { useLiveAsk } from './useLiveRead';

/** As many rows as the API gives at most. */
const allRows = 10_000;

/** Metrics over the days that a view shows, cut along time, beside those that they are compared with. */
export function useTimeTable(metrics: readonly AnalyticsQuery['metrics'][number][], bucket: Bucket, days: Days) {
  const question = useMemo(
    (): AnalyticsQuery | null =>
      days.bounds && {
        metrics: [...metrics],
        dimensions: [bucket],
        ...days.bounds,
        ...(days.compare ? { compare: days.compare } : {}),
        limit: allRows,
      },
    [metrics, days.bounds, days.compare, bucket],
  );
  const answer = useLiveAsk<AnalyticsTable>('/analytics/query', question);
  return { question, table: afterDays(days, answer), outdated: days.outdated || answer.isPlaceholderData };
}
