import { onlineManager, QueryClientProvider } from '@tanstack/react-query';
import { act, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createQueryClient } from '../api/queries';
import { session } from '../session/session';
import { dashboard, sessionData } from '../test/fixtures';
import { shopServer } from '../test/open';
import { FakeStream, ok, refuse, type FakeServer } from '../test/server';
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
  const { paused, setPaused, status, alerts } = useLive();
  return (
    <>
      <p>{data?.at ?? 'nothing yet'}</p>
      <p>stream {status}</p>
      <p>{alerts.length} alerts, the newest {alerts[0]?.event_id}</p>
      <button type="button" onClick={() => setPaused(!paused)}>{paused ? 'Go on' : 'Pause'}</button>
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
  streams.at(-1)?.send('overview', { ...rest, freshness: { ...freshness, position } });
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

describe('news', () => {
  /** Answers whatever is asked from now on at once, from the state of the shop that `position` gives. */
  const answerFrom = (position?: number) =>
    server.on('GET /api/probe', () => ok({ at: `of ${position}`, ...(position === undefined ? {} : { freshness: { position } }) }));

  test('that an answer knows of already are not asked for, nor the same ones again', async () => {
    await begin();
    answerFrom(101);
    await news(101, 5_000);
    expect(asked()).toBe(2);
    await news(101, 5_000);
    expect(asked()).toBe(2);
    // The answer was read from here on.
    answerFrom(102);
    await news(102, 5_000);
    expect(asked()).toBe(3);
  });

  test('of which the answer knows already, having overtaken the stream, are no news', async () => {
    await begin();
    answerFrom(102);
    await news(101, 5_000);
    expect(screen.getByText('of 102')).toBeInTheDocument();
    await news(102, 5_000);
    expect(asked()).toBe(2);
  });

  test('that follow each other quickly are asked for at once and then every two seconds, the last of them included', async () => {
    await begin();
    answerFrom();
    for (let position = 101; position < 120; position += 1) await news(position, 100);
    expect(asked()).toBe(2);
    await pass(200);
    expect(asked()).toBe(3);
    await pass(60_000);
    expect(asked()).toBe(3);
  });

  test('of alerts are kept, newest first and bounded, and asked for although the figures have not moved', async () => {
    await begin();
    answerFrom(101);
    await news(101, 5_000);
    for (let number = 1; number <= 25; number += 1) streams[0]?.send('alert', { event_id: `e${number}` });
    await pass(5_000);
    expect(screen.getByText('20 alerts, the newest e25')).toBeInTheDocument();
    expect(asked()).toBe(4);
  });

  test('that came while the page was paused are asked for when it goes on, and only if there were any', async () => {
    await begin();
    answerFrom(101);
    await news(101, 5_000);
    const press = () => act(() => screen.getByRole('button').click());
    press();
    await news(102, 60_000);
    expect(asked()).toBe(2);
    expect(screen.getByText('stream stopped')).toBeInTheDocument();
    press();
    await pass(100);
    expect(streams).toHaveLength(2);
    await news(101, 5_000);
    expect(asked()).toBe(2);
    await news(102, 5_000);
    expect(asked()).toBe(3);
  });

  test('that were about to be asked for are not once the page is paused', async () => {
    await begin();
    answerFrom();
    await news(101, 500);
    await news(102, 500);
    act(() => screen.getByRole('button').click());
    await pass(60_000);
    expect(asked()).toBe(2);
  });

  test('that came during an answer are not asked for after it if the page was paused meanwhile', async () => {
    await begin();
    await news(101, 2_500);
    await news(102, 500);
    expect(asked()).toBe(2);
    act(() => screen.getByRole('button').click());
    answers[1]?.({ at: 'second' });
    await pass(10_000);
    expect(screen.getByText('second')).toBeInTheDocument();
    expect(asked()).toBe(2);
  });
});

test('without a stream everything is asked for every 30 s, until there is one or the page is paused', async () => {
  server.on('GET /api/analytics/stream', () => refuse(404, 'none'));
  await begin();
  server.on('GET /api/probe', () => ok({ at: 'polled' }));
  expect(screen.getByText('stream unavailable')).toBeInTheDocument();
  await pass(29_000);
  expect(asked()).toBe(1);
  await pass(2_000);
  expect(asked()).toBe(2);
  await pass(30_000);
  expect(asked()).toBe(3);
  const press = () => act(() => screen.getByRole('button').click());
  press();
  await pass(90_000);
  expect(asked()).toBe(3);
  server.on('GET /api/analytics/stream', (call) => {
    const stream = new FakeStream(call.signal);
    streams.push(stream);
    return stream.response;
  });
  press();
  await pass(100);
  // The server beats every 15 s.
  for (let beat = 0; beat < 8; beat += 1) {
    streams.at(-1)?.send('heartbeat', {});
    await pass(15_000);
  }
  expect(screen.getByText('stream live')).toBeInTheDocument();
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
