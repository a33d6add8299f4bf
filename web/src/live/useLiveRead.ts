import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { get, send } from '../api/client';
import type { Params } from '../api/queries';
import { useLive } from './LiveProvider';

interface LiveReadOptions<T> {
  /** Whether the last answer to another question stays on the screen while this one's comes. */
  keep?: boolean;
  /** Milliseconds after which to ask again, for as long as an answer says that something runs; else null. */
  everyWhile?: (data: T) => number | null;
  /** Milliseconds between questions that are too much work to be asked whenever something happens. */
  pace?: number;
}

interface LiveQuestion<T> {
  key: readonly unknown[];
  ask: (signal: AbortSignal) => Promise<T>;
  enabled: boolean;
}

/** A question that is asked again when something has happened in the shop, and not while the page is paused. */
function useLiveQuestion<T>({ key, ask, enabled }: LiveQuestion<T>, { keep = true, everyWhile, pace }: LiveReadOptions<T>): UseQueryResult<T> {
  const { every, paused } = useLive();
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(signal),
    enabled,
    meta: { live: pace === undefined },
    ...(keep ? { placeholderData: keepPreviousData } : {}),
    refetchInterval: ({ state }) => {
      if (paused) return false;
      return (state.data !== undefined && everyWhile?.(state.data)) || (pace ?? every);
    },
    refetchOnWindowFocus: !paused && every !== false,
    refetchOnReconnect: !paused,
  });
}

/** `GET /api<path>`; null parameters wait for what they depend on. */
export const useLiveRead = <T>(path: string, params: Params | null, options: LiveReadOptions<T> = {}): UseQueryResult<T> =>
  useLiveQuestion<T>(
    {
      key: [path, params],
      ask: (signal) => get<T>(path, { params: params ?? {}, signal }),
      enabled: params !== null,
    },
    options,
  );

/** `POST /api<path>` of something that changes nothing; a null body waits. */
export const useLiveAsk = <T>(path: string, body: unknown, options: LiveReadOptions<T> = {}): UseQueryResult<T> =>
  useLiveQuestion<T>(
    { key: [path, body], ask: (signal) => send<T>('POST', path, body, { signal }), enabled: body !== null },
    options,
  );
