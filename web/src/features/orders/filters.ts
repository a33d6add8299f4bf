import { idFragment } from '../../api/orders';
import type { Params } from '../../api/queries';
import type { OrderStatus } from '../../api/types';
import { isDay } from '../../lib/dates';

export const statuses = ['pending', 'confirmed', 'processing', 'shipped', 'delivered', 'cancelled'] as const satisfies readonly OrderStatus[];

/** What the list is narrowed to; as the address has it. */
export interface Filters {
  statuses: readonly OrderStatus[];
  customer: string | null;
  since: string | null;
  until: string | null;
  /** A part of an order's id, as it was typed. */
  text: string;
  page: number;
}

export function readFilters(search: URLSearchParams): Filters {
  const day = (name: string) => {
    const value = search.get(name);
    return value !== null && isDay(value) ? value : null;
  };
  const named = (search.get('status') ?? '').split(',');
  const page = Number(search.get('page') ?? 1);
  return {
    statuses: statuses.filter((status) => named.includes(status)),
    customer: search.get('customer'),
    since: day('since'),
    until: day('until'),
    text: search.get('q') ?? '',
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

export const isNarrowed = ({ statuses: chosen, customer, since, until, text }: Filters): boolean =>
  chosen.length > 0 || customer !== null || since !== null || until !== null || text !== '';

const pageLength = 25;

export function toParams({ statuses: chosen, customer, since, until, text, page }: Filters): Params {
  const fragment = idFragment(text);
  return {
    limit: String(pageLength),
    ...(page > 1 ? { page: String(page) } : {}),
    ...(chosen.length > 0 ? { status: chosen.join(',') } : {}),
    ...(customer === null ? {} : { user_id: customer }),
    ...(since === null ? {} : { from: since }),
    ...(until === null ? {} : { to: until }),
    ...(fragment === null ? {} : { search: fragment }),
  };
}
