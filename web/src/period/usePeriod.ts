import { useCallback, useMemo } from 'react';
import { useShop } from '../api/queries';
import { changeSearch, useSearch } from '../lib/address';
import { periodParams, readView, writeView, type PeriodParams, type View } from './range';
import { useToday } from './useToday';

interface PeriodState extends View {
  /** Null as long as it is not known what day it is in the shop. */
  params: PeriodParams | null;
  /** Why the days can't be told, if they can't. */
  error: unknown;
  /** Asks once more for what the days depend on. */
  retry: () => unknown;
  isRetrying: boolean;
  show: (change: Partial<View>) => void;
}

/** The days that are looked at: those of the address. */
export function usePeriod(): PeriodState {
  const search = useSearch();
  const view = useMemo(() => readView(search), [search]);
  const shop = useShop();
  const today = useToday(shop.data?.time_zone ?? null);
  // Only a range that ends today by name needs to know what day it is.
  const needed = view.range.kind === 'today' ? today : '';
  const params = useMemo(() => (needed === null ? null : periodParams(view, needed)), [needed, view]);
  const show = useCallback((change: Partial<View>) => changeSearch(writeView({ ...view, ...change })), [view]);
  return { ...view, params, error: params === null ? shop.error : null, retry: shop.refetch, isRetrying: shop.isFetching, show };
}
