import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ApiError } from '../api/errors';
import { ReadWatch } from './readWatch';

let client: QueryClient;
let watch: ReadWatch;
let told: number;
let leave: () => void;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  watch = new ReadWatch(client);
  told = 0;
  leave = watch.subscribe(() => (told += 1));
});

afterEach(() => {
  leave();
  client.clear();
  vi.useRealTimers();
});

/** Puts the answers to a question on the screen; gives back what takes it away. */
async function show(name: string, answer: () => Promise<unknown>): Promise<() => void> {
  const close = new QueryObserver(client, { queryKey: [name], queryFn: answer }).subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(0);
  return close;
}

const again = async (name: string) => {
  await client.refetchQueries({ queryKey: [name] });
  await vi.advanceTimersByTimeAsync(0);
};

test('tells when the last answer came, to the second', async () => {
  expect(watch.get()).toEqual({ answeredAt: 0, failing: false });
  await show('sales', () => Promise.resolve(1));
  expect(watch.get()).toEqual({ answeredAt: 1_000_000, failing: false });
  const before = told;
  await vi.advanceTimersByTimeAsync(900);
  await again('sales');
  expect(told).toBe(before);
  await vi.advanceTimersByTimeAsync(100);
  await again('sales');
  expect(watch.get().answeredAt).toBe(1_001_000);
  expect(told).toBe(before + 1);
});

test('one failure among what is on the screen is told, until it is answered or gone', async () => {
  await show('sales', () => Promise.resolve(1));
  let up = false;
  const close = await show('alerts', () => (up ? Promise.resolve(1) : Promise.reject(new ApiError('Down.', 503, 'unavailable'))));
  expect(watch.get().failing).toBe(true);
  up = true;
  await again('alerts');
  expect(watch.get().failing).toBe(false);
  up = false;
  await again('alerts');
  expect(watch.get().failing).toBe(true);
  close();
  await vi.advanceTimersByTimeAsync(0);
  expect(watch.get().failing).toBe(false);
});

test.each([404, 403])('an answer of %i is no sign of trouble', async (status) => {
  await show('order', () => Promise.reject(new ApiError('No.', status, 'refused')));
  expect(watch.get().failing).toBe(false);
});

test('nothing is told once nobody listens', async () => {
  const before = told;
  leave();
  await show('sales', () => Promise.resolve(1));
  expect(told).toBe(before);
});
