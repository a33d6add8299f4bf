import { idFragment } from '../../api/orders';
import type { OrderStatus } from '../../api/types';
import type { SearchChange } from '../../lib/address';
import { isDay } from '../../lib/dates';
import { isUuid } from '../../lib/ids';

export const statuses = ['pending', 'confirmed', 'processing', 'shipped', 'delivered', 'cancelled'] as const satisfies readonly OrderStatus[];

/** Which orders are looked at. Its days are its own: those of the figures would hide orders that wait to be seen to. */
export interface Filters {
  statuses: readonly OrderStatus[];
  customer: string | null;
  since: string | null;
  until: string | null;
  /** The beginning or the last eight digits of an id, as it was typed. */
  search: string;
  page: number;
}

const pageSize = 25;

/** Reads the filters out of the address; what makes no sense is no filter. */
export function readFilters(search: URLSearchParams): Filters {
  const named = (search.get('status') ?? '').split(',');
  const customer = search.get('customer');
  const day = (name: string) => {
    const value = search.get(name);
    return value !== null && isDay(value) ? value : null;
  };
  const page = Number(search.get('page') ?? '1');
  return {
    statuses: statuses.filter((status) => named.includes(status)),
    customer: customer !== null && isUuid(customer) ? customer : null,
    since: day('since'),
    until: day('until'),
    search: search.get('q') ?? '',
    page: Number.isSafeInteger(page) && page >= 1 ? page : 1,
  };
}

/** What a change of the filters changes in the address. Other filters begin again on the first page. */
export function writeFilters(change: Partial<Filters>): SearchChange {
  const address: Record<string, string | null> = { page: null };
  if (change.statuses) address['status'] = change.statuses.length === 0 ? null : change.statuses.join(',');
  if (change.customer !== undefined) address['customer'] = change.customer;
  if (change.since !== undefined) address['since'] = change.since;
  if (change.until !== undefined) address['until'] = change.until;
  if (change.search !== undefined) address['q'] = change.search === '' ? null : change.search;
  if (change.page !== undefined && change.page > 1) address['page'] = String(change.page);
  return address;
}

export const noFilters: Filters = { statuses: [], customer: null, since: null, until: null, search: '', page: 1 };

export const isFiltered = ({ statuses: chosen, customer, since, until, search }: Filters): boolean =>
  chosen.length > 0 || customer !== null || since !== null || until !== null || search !== '';

/** What is wrong with a search, null when nothing is. */
export function searchProblem(typed: string): string | null {
  if (typed.trim() === '' || idFragment(typed) !== null) return null;
  return /[^\s…\da-f-]/i.test(typed)
    ? 'Order numbers hold only digits and the letters from a to f.'
    : 'At least eight digits: of its beginning, or the last ones.';
}

/** What is asked of the API. A search that can't be asked for is left out. */
export function orderParams(filters: Filters): Readonly<Record<string, string>> {
  const fragment = idFragment(filters.search);
  return {
    limit: String(pageSize),
    page: String(filters.page),
    ...(filters.statuses.length > 0 ? { status: filters.statuses.join(',') } : {}),
    ...(filters.customer === null ? {} : { user_id: filters.customer }),
    ...(filters.since === null ? {} : { from: filters.since }),
    ...(filters.until === null ? {} : { to: filters.until }),
    ...(fragment === null ? {} : { search: fragment }),
  };
}
