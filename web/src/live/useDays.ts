import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useDashboard } from '../api/queries';
import type { Period } from '../api/types';
import { usePeriod } from '../period/usePeriod';
import { useLive } from './LiveProvider';

export interface Days {
  /** The days of the address as the server placed them; undefined until it has. */
  period: Period | undefined;
  /** The same for routes that ask for first and last day; null until they are known. */
  bounds: { from: string; to: string } | null;
  /** The words of the API for what they are compared with; undefined for nothing. */
  compare: 'previous_period' | 'previous_year' | undefined;
  error: unknown;
  isFetching: boolean;
  refetch: () => unknown;
  /** Whether they are still those of the address before. */
  outdated: boolean;
}

/**
 * The days that a view shows. The last N days are moved by the server to where there is data; every part of a view must show the very
 * same, so that they are taken from the overview, which the stream keeps current anyway.
 */
export function useDays(): Days {
  const { params, compare, error, retry, isRetrying } = usePeriod();
  const live = useLive();
  const dashboard = useDashboard(params, live);
  const period = dashboard.data?.period;
  const bounds = useMemo(() => (period ? { from: period.from, to: period.to } : null), [period?.from, period?.to]); // eslint-disable-line react-hooks/exhaustive-deps
  return {
    period,
    bounds,
    compare: compare === 'off' ? undefined : compare === 'year' ? 'previous_year' : 'previous_period',
    error: params === null ? error : dashboard.error,
    isFetching: params === null ? isRetrying : dashboard.isFetching,
    refetch: params === null ? retry : dashboard.refetch,
    outdated: dashboard.isPlaceholderData,
  };
}

/** The days as the answer that a view's heading is drawn from. */
export const periodQuery = ({ period, error, isFetching, refetch }: Days) => ({ data: period && { period }, error, isFetching, refetch });

/** What a card needs to know of a query that can't be asked before the days are known: why they aren't is why it has no answer. */
export function afterDays<T>(days: Days, query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isFetching' | 'refetch'>) {
  const { error, isFetching, refetch }: Pick<Days, 'error' | 'isFetching' | 'refetch'> = days.bounds ? query : days;
  return { data: query.data, error, isFetching, refetch };
}
