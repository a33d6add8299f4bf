import type { RecentOrder, StreamOrder } from '../api/types';

export interface FeedEntry extends RecentOrder {
  /** Arrived while the page was open. */
  isNew: boolean;
}

/** As many as the overview holds, so that the present status of every one of them is known. */
export const feedLength = 10;

const byTimeNewestFirst = (a: RecentOrder, b: RecentOrder) =>
  b.timestamp.localeCompare(a.timestamp) || b.order_id.localeCompare(a.order_id);

/**
 * One list, newest first, out of the overview's recent orders and the orders that the stream brought. An order that is
 * in both is shown once, as the overview has it: that one knows its present status.
 */
export function mergeFeed(recent: readonly RecentOrder[], arrived: readonly StreamOrder[]): FeedEntry[] {
  const entries = new Map<string, FeedEntry>();
  for (const order of arrived) entries.set(order.order_id, { ...order, isNew: true });
  for (const order of recent) {
    entries.set(order.order_id, { ...order, isNew: entries.has(order.order_id) });
  }
  return [...entries.values()].sort(byTimeNewestFirst).slice(0, feedLength);
}

/** The stream's orders with one more; bounded, and without a second copy of one that was sent again. */
export function withArrival(arrived: readonly StreamOrder[], order: StreamOrder): readonly StreamOrder[] {
  if (arrived.some((other) => other.order_id === order.order_id)) return arrived;
  return [order, ...arrived].slice(0, feedLength);
}
