import { QueryClientProvider } from '@tanstack/react-query';
import { act, renderHook, waitFor } from '@testing-library/react';
import type { ReactNode } from 'react';
import { beforeEach, expect, test, vi } from 'vitest';
import { createQueryClient } from '../api/queries';
import { changeSearch } from '../lib/address';
import { session } from '../session/session';
import { dashboard, sessionData } from '../test/fixtures';
import { shopServer } from '../test/open';
import { ok, refuse, type FakeServer } from '../test/server';
import { LiveProvider } from './LiveProvider';
import { afterDays, useDays } from './useDays';

let server: FakeServer;

beforeEach(async () => {
  ({ server } = shopServer());
  server.on('POST /api/users/login', () => ok(sessionData()));
  await session.signIn('ada@shop.test', 'secret');
});

function days() {
  const client = createQueryClient();
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>
      <LiveProvider>{children}</LiveProvider>
    </QueryClientProvider>
  );
  return renderHook(useDays, { wrapper }).result;
}

const asked = () => server.to('/api/analytics/dashboard').map((call) => call.search.toString());
const card = { data: undefined, error: null, isFetching: false, refetch: vi.fn() };

test('are those to which the server moved what was asked for', async () => {
  const { period } = dashboard();
  server.on('GET /api/analytics/dashboard', () => ok(dashboard({ period: { ...period, from: '2011-12-03', to: '2011-12-09', anchor: 'last_data' } })));
  const result = days();
  expect(result.current.bounds).toBeNull();
  await waitFor(() => expect(result.current.bounds).toEqual({ from: '2011-12-03', to: '2011-12-09' }));
  expect(asked()).toEqual(['']);
});

test('keep their bounds as the same object when figures change, so that no view asks anew for the same days', async () => {
  const result = days();
  await waitFor(() => expect(result.current.bounds).not.toBeNull());
  const { bounds } = result.current;
  server.on('GET /api/analytics/dashboard', () => ok(dashboard({ last_updated: '2026-11-23T09:30:00.000Z' })));
  await act(async () => void (await result.current.refetch()));
  expect(asked()).toHaveLength(2);
  expect(result.current.bounds).toBe(bounds);
});

test('stay, marked as outdated, while those of another address are asked for', async () => {
  const result = days();
  await waitFor(() => expect(result.current.bounds).not.toBeNull());
  let answer: (response: Response) => void = () => undefined;
  server.on('GET /api/analytics/dashboard', () => new Promise((resolve) => (answer = resolve)));
  act(() => changeSearch({ range: '30d' }));
  expect(result.current).toMatchObject({ outdated: true, bounds: { from: '2026-11-17' } });
  await waitFor(() => expect(asked()).toHaveLength(2));
  const { period } = dashboard();
  answer(ok(dashboard({ period: { ...period, from: '2026-10-25' } })));
  await waitFor(() => expect(result.current).toMatchObject({ outdated: false, bounds: { from: '2026-10-25' } }));
});

test.each([
  ['', 'previous_period'],
  ['year', 'previous_year'],
  ['off', undefined],
])('“%s” in the address is %s for the API', (word, compare) => {
  changeSearch({ compare: word || null });
  expect(days().current.compare).toBe(compare);
});

test('that can’t be had are why a card has no figures, and its way out asks for them', async () => {
  server.on('GET /api/analytics/dashboard', () => refuse(400, 'The period can’t be read.'));
  const result = days();
  await waitFor(() => expect(result.current.error).not.toBeNull());
  const shown = afterDays(result.current, card);
  expect(shown.error).toMatchObject({ message: 'The period can’t be read.' });
  server.on('GET /api/analytics/dashboard', () => ok(dashboard()));
  await act(async () => void (await shown.refetch()));
  await waitFor(() => expect(result.current.bounds).not.toBeNull());
  expect(afterDays(result.current, card)).toEqual(card);
});

test('of today wait for the shop’s time zone, and its failure is theirs', async () => {
  server.on('GET /api/shop', () => refuse(400, 'No shop here.'));
  changeSearch({ range: 'today' });
  const result = days();
  await waitFor(() => expect(result.current.error).toMatchObject({ message: 'No shop here.' }));
  expect(asked()).toEqual([]);
});
