import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get } from './client';
import type { Account } from './types';

/** The accounts of these ids, as far as there are any; nothing while they are not known or for readers who may not see them. */
export function useAccounts(ids: readonly string[], allowed: boolean): ReadonlyMap<string, Account> {
  const wanted = useMemo(() => [...new Set(ids)].sort().slice(0, 100).join(','), [ids]);
  const { data } = useQuery({
    queryKey: ['accounts', wanted],
    queryFn: ({ signal }) => get<{ users: Account[] }>('/users', { params: { ids: wanted }, signal }),
    enabled: allowed && wanted !== '',
    staleTime: 5 * 60_000,
  });
  return useMemo(() => new Map(data?.users.map((user) => [user.id, user])), [data]);
}

export const findAccounts = async (search: string, signal: AbortSignal): Promise<readonly Account[]> =>
  (await get<{ users: Account[] }>('/users', { params: { search }, signal })).users;

/** What somebody is called; the address of who has no name. */
export const nameOf = ({ first_name: first, last_name: last, email }: Account): string => `${first} ${last}`.trim() || email;
