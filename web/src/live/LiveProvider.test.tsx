import { onlineManager, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createQueryClient } from '../api/queries';
import { session } from '../session/session';
import { dashboard, sessionData } from '../test/fixtures';
import { shopServer } from '../test/open';
import { ok, type FakeServer, type FakeStream } from '../test/server';
import { LiveProvider, useLive } from './LiveProvider';
import { useLiveRead } from './useLiveRead';

let server: FakeServer;
let streams: FakeStream[];
let answers: ((data: unknown) => void)[];

beforeEach(async () => {
  ({ server, streams } = shopServer());
  answers = [];
  server
    .on('POST /api/users/login', () => ok(sessionData()))
    .on('GET /api/probe', () => new Promise((resolve) => answers.push((data) => resolve(ok(data)))));
  await session.signIn('ada@shop.test', 'secret');
  vi.useFakeTimers();
});

afterEach(() => {
  onlineManager.setOnline(true);
  vi.useRealTimers();
});

function Probe() {
  const { data } = useLiveRead<{ at: string }>('/probe', {});
  const { setPaused } = useLive();
  return (
    <>
      <p>{data?.at ?? 'nothing yet'}</p>
      <button type="button" onClick={() => setPaused(true)}>Pause</button>
    </>
  );
}

const pass = (ms = 0) => act(() => vi.advanceTimersByTimeAsync(ms));
const asked = () => server.to('/api/probe').length;

async function begin() {
  render(
    <QueryClientProvider client={createQueryClient()}>
      <LiveProvider>
        <Probe />
      </LiveProvider>
    </QueryClientProvider>,
  );
  await pass(100);
  answers[0]?.({ at: 'first' });
  await pass(100);
  expect(screen.getByText('first')).toBeInTheDocument();
}

async function news(position: number, ms: number) {
  const { freshness, ...rest } = dashboard();
  streams[0]?.send('overview', { ...rest, freshness: { ...freshness, position } });
  await pass(ms);
}

test('an answer that takes longer than news need to follow each other comes, and is asked for once more after it', async () => {
  await begin();
  for (const position of [101, 102, 103]) await news(position, 2_500);
  // The second is still under way: it was neither cut off nor joined by others.
  expect(asked()).toBe(2);
  answers[1]?.({ at: 'second' });
  await pass(2_500);
  expect(screen.getByText('second')).toBeInTheDocument();
  // News came while it was under way, which it may not know of.
  expect(asked()).toBe(3);
  answers[2]?.({ at: 'third' });
  await pass(10_000);
  expect(screen.getByText('third')).toBeInTheDocument();
  expect(asked()).toBe(3);
});

test('a paused page asks for nothing when the network comes back', async () => {
  await begin();
  act(() => screen.getByText('Pause').click());
  await pass(60_000);
  act(() => onlineManager.setOnline(false));
  act(() => onlineManager.setOnline(true));
  await pass(1_000);
  expect(asked()).toBe(1);
});
