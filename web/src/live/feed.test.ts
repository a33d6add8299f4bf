import { expect, test } from 'vitest';
import { order, streamOrder } from '../test/fixtures';
import { feedLength, mergeFeed, withArrival } from './feed';

const ids = (entries: readonly { order_id: string }[]) => entries.map((entry) => Number(entry.order_id.slice(-12)));

test('an order that is in both is shown once, with its present status, and stays marked as new', () => {
  const entries = mergeFeed([order(2, { status: 'confirmed' }), order(1)], [streamOrder(2)]);
  expect(ids(entries)).toEqual([2, 1]);
  expect(entries[0]).toMatchObject({ status: 'confirmed', isNew: true });
  expect(entries[1]?.isNew).toBe(false);
});

test('newest first, whatever the order of arrival, and no longer than the overview’s list', () => {
  const arrived = [12, 9, 14, 11, 13].map((number) => streamOrder(number));
  const recent = [10, 8, 7, 6, 5, 4, 3].map((number) => order(number));
  expect(ids(mergeFeed(recent, arrived))).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
});

test('arrivals are kept once each and are bounded', () => {
  let arrived: readonly ReturnType<typeof streamOrder>[] = [];
  for (let number = 1; number <= feedLength + 5; number += 1) arrived = withArrival(arrived, streamOrder(number));
  expect(arrived).toHaveLength(feedLength);
  const newest = arrived[0];
  expect(newest && withArrival(arrived, newest)).toBe(arrived);
});
