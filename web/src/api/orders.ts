import { get } from './client';
import type { Order } from './types';

/** An id, its beginning, or the end that lists show, as the API looks for it; null for anything else. */
export function idFragment(text: string): string | null {
  const digits = text.trim().replace(/^…/, '').toLowerCase();
  return /^[0-9a-f-]+$/.test(digits) && digits.replaceAll('-', '').length >= 8 && digits.length <= 36 ? digits : null;
}

const most = 10;

/** The orders whose id has this part; none for what can be no part of an id. */
export async function findOrders(text: string, signal: AbortSignal): Promise<readonly Order[]> {
  const search = idFragment(text);
  if (search === null) return [];
  return (await get<{ orders: Order[] }>('/orders', { params: { search, limit: most }, signal })).orders;
}
