import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { get, getDocument, send } from './client';
import type { Account, Erasure } from './types';

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

/** All that is held of a person, as a JSON document. */
export const exportPerson = (id: string): Promise<string> => getDocument(`/users/${id}/export`);

/** Only the own account asks for its password. */
export const erasePerson = async (id: string, password?: string): Promise<Erasure> =>
  (await send<{ erasure: Erasure }>('POST', `/users/${id}/erasure`, password === undefined ? {} : { password })).erasure;
