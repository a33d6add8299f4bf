import { keepPreviousData, QueryClient, useQuery } from '@tanstack/react-query';
import { get } from './client';
import { ApiError } from './errors';
import type { Dashboard, ModelStatus, PopularProducts, Shop, SimilarProducts } from './types';

/** Which figures are asked for, in the API's own words. */
export type Params = Readonly<Record<string, string>>;

export const keys = {
  shop: ['shop'] as const,
  noDashboard: ['dashboard', null] as const,
  dashboard: (params: Params) => ['dashboard', params] as const,
  popular: ['recommendations', 'popular'] as const,
  similar: (productId: string) => ['recommendations', 'similar', productId] as const,
  model: ['recommendations', 'model'] as const,
};

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        refetchOnWindowFocus: false,
        retry: (failures, error) => failures < 2 && error instanceof ApiError && error.temporary,
        retryDelay: (attempt) => Math.min(4_000, 500 * 2 ** attempt) * (0.5 + 0.5 * Math.random()),
      },
    },
  });
}

const shopAgainMs = 30_000;

export const useShop = () =>
  useQuery({
    queryKey: keys.shop,
    queryFn: ({ signal }) => get<Shop>('/shop', { signal }),
    staleTime: 5 * 60_000,
    // Zone and currency stand behind everything: a page that was opened while the server was away asks until it is there.
    refetchInterval: ({ state }) => (state.data === undefined && state.status === 'error' ? shopAgainMs : false),
  });

export interface LiveOptions {
  /** Milliseconds between reads; false where the stream brings news, or where nothing shall change. */
  every: number | false;
}

/**
 * The overview of a period. The stream writes into the same entry; an answer that was under way meanwhile and is older
 * must not turn the figures back.
 */
export const useDashboard = (params: Params | null, { every }: LiveOptions) =>
  useQuery({
    // Days that aren't known have no answer, and least of all that to other days.
    queryKey: params === null ? keys.noDashboard : keys.dashboard(params),
    queryFn: async ({ signal, client, queryKey }) => {
      const asked = Date.now();
      const answer = await get<Dashboard>('/analytics/dashboard', { params: params ?? {}, signal });
      const state = client.getQueryState<Dashboard>(queryKey);
      const pushed = state?.data !== undefined && state.dataUpdatedAt >= asked ? state.data : null;
      return pushed && isNewer(pushed, answer) ? pushed : answer;
    },
    enabled: params !== null,
    ...(params === null ? {} : { placeholderData: keepPreviousData }),
    refetchInterval: every,
    refetchOnWindowFocus: every !== false,
    refetchOnReconnect: every !== false,
  });

function isNewer(a: Dashboard, b: Dashboard): boolean {
  return Date.parse(a.last_updated) > Date.parse(b.last_updated);
}

export const usePopularProducts = (limit: number, { every }: LiveOptions) =>
  useQuery({
    queryKey: [...keys.popular, limit],
    queryFn: ({ signal }) =>
      get<PopularProducts>('/ai/recommendations/popular', { params: { limit }, signal }),
    refetchInterval: every,
    refetchOnReconnect: every !== false,
    meta: { live: true },
  });

export const useSimilarProducts = (productId: string, limit: number) =>
  useQuery({
    queryKey: [...keys.similar(productId), limit],
    queryFn: ({ signal }) =>
      get<SimilarProducts>(`/ai/recommendations/product/${encodeURIComponent(productId)}`, {
        params: { limit },
        signal,
      }),
  });

export const useModelStatus = ({ every }: LiveOptions) =>
  useQuery({
    queryKey: keys.model,
    queryFn: ({ signal }) => get<ModelStatus>('/ai/model/status', { signal }),
    refetchInterval: every,
    refetchOnReconnect: every !== false,
    meta: { live: true },
  });
