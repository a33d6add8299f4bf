import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeServer, FakeStream, refuse } from '../test/server';
import { LiveStream, type StreamOptions, type StreamStatus } from './stream';

const path = '/api/analytics/stream';
let server: FakeServer;
let streams: FakeStream[];
let statuses: StreamStatus[];
let events: [type: string, data: unknown][];
let live: LiveStream;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  streams = [];
  statuses = [];
  events = [];
  server.on(`GET ${path}`, (call) => {
    const stream = new FakeStream(call.signal);
    streams.push(stream);
    return stream.response;
  });
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

function begin(change: Partial<StreamOptions> = {}): void {
  live = new LiveStream({
    url: path,
    token: () => Promise.resolve('t1'),
    renew: () => Promise.resolve({}),
    onEvent: (type, data) => events.push([type, data]),
    onStatus: (status) => statuses.push(status),
    random: () => 1,
    ...change,
  });
  live.start();
}

/** Lets what is due happen, and moves the clock. */
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const attempts = () => server.to(path).length;

test('sends the token, becomes live with the first event and hands on what comes', async () => {
  begin();
  await pass();
  expect(server.calls[0]?.headers.get('Authorization')).toBe('Bearer t1');
  expect(server.calls[0]?.headers.has('Last-Event-ID')).toBe(false);
  expect(statuses).toEqual(['connecting']);
  streams[0]?.send('overview', { n: 1 }, '5');
  await pass();
  expect(statuses).toEqual(['connecting', 'live']);
  expect(events).toEqual([['overview', { n: 1 }]]);
});

test('resumes after the last event and shows no event twice', async () => {
  begin();
  await pass();
  streams[0]?.send('order', { event_id: 'e1' }, '8');
  streams[0]?.send('order', { event_id: 'e2' }, '9');
  await pass();
  streams[0]?.end();
  await pass();
  expect(statuses.at(-1)).toBe('reconnecting');
  await pass(500);
  expect(server.calls[1]?.headers.get('Last-Event-ID')).toBe('9');
  streams[1]?.send('order', { event_id: 'e2' }, '9');
  streams[1]?.send('order', { event_id: 'e3' }, '10');
  await pass();
  expect(events.map(([, data]) => (data as { event_id: string }).event_id)).toEqual(['e1', 'e2', 'e3']);
  expect(statuses.at(-1)).toBe('live');
});

test('starts where an earlier stream of the page ended', async () => {
  begin({ lastEventId: '41' });
  await pass();
  expect(server.calls[0]?.headers.get('Last-Event-ID')).toBe('41');
  expect(live.position).toBe('41');
});

test('waits twice as long after each failure, up to half a minute, and says when the stream can not be had', async () => {
  server.on(`GET ${path}`, () => refuse(500, 'broken'));
  begin();
  await pass();
  const waits = [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
  for (const [index, wait] of waits.entries()) {
    expect(attempts()).toBe(index + 1);
    await pass(wait - 1);
    expect(attempts()).toBe(index + 1);
    await pass(1);
  }
  expect(statuses).toEqual(['connecting', 'reconnecting', 'unavailable']);
});

test('half of the wait is random', async () => {
  server.on(`GET ${path}`, () => refuse(500, 'broken'));
  begin({ random: () => 0 });
  await pass(249);
  expect(attempts()).toBe(1);
  await pass(1);
  expect(attempts()).toBe(2);
});

test('a connection that held makes the next wait short again; one that drops at once does not', async () => {
  server.on(`GET ${path}`, () => refuse(500, 'broken'));
  begin();
  await pass(500 + 1000);
  expect(attempts()).toBe(3);
  server.on(`GET ${path}`, (call) => {
    const stream = new FakeStream(call.signal);
    streams.push(stream);
    return stream.response;
  });
  await pass(2000);
  streams[0]?.send('heartbeat', {});
  streams[0]?.end();
  await pass(3999);
  expect(attempts()).toBe(4);
  await pass(1);
  expect(attempts()).toBe(5);
  await pass(6000);
  streams[1]?.send('heartbeat', {});
  await pass();
  streams[1]?.end();
  await pass(500);
  expect(attempts()).toBe(6);
});

test('notices a connection that has gone silent', async () => {
  begin();
  await pass();
  streams[0]?.send('heartbeat', {});
  await pass(34_000);
  streams[0]?.send('heartbeat', {});
  await pass(34_000);
  expect(statuses.at(-1)).toBe('live');
  await pass(1_000);
  expect(statuses.at(-1)).toBe('reconnecting');
});

test('the network coming back ends the wait', async () => {
  server.on(`GET ${path}`, () => refuse(500, 'broken'));
  begin();
  await pass(500 + 1000 + 2000);
  const before = attempts();
  window.dispatchEvent(new Event('online'));
  await pass();
  expect(attempts()).toBe(before + 1);
});

describe('refusals', () => {
  test('an old token is renewed and sent', async () => {
    const tokens = ['old', 'new'];
    const renew = vi.fn().mockResolvedValue({});
    server.on(`GET ${path}`, (call) => {
      if (call.headers.get('Authorization') === 'Bearer old') return refuse(401, 'expired');
      const stream = new FakeStream(call.signal);
      streams.push(stream);
      return stream.response;
    });
    begin({ token: () => Promise.resolve(tokens.shift() ?? null), renew });
    await pass(500);
    expect(renew).toHaveBeenCalledExactlyOnceWith('old');
    streams[0]?.send('overview', {});
    await pass();
    expect(statuses.at(-1)).toBe('live');
  });

  test('ends when the session can not be renewed', async () => {
    server.on(`GET ${path}`, () => refuse(401, 'expired'));
    begin({ renew: () => Promise.resolve(null) });
    await pass(600_000);
    expect(attempts()).toBe(1);
    expect(statuses.at(-1)).toBe('stopped');
  });

  test('a failure to renew is a cut, not the end', async () => {
    server.on(`GET ${path}`, () => refuse(401, 'expired'));
    begin({ renew: () => Promise.reject(new Error('offline')) });
    await pass(500);
    expect(attempts()).toBe(2);
  });

  test('ends when nobody is signed in', async () => {
    begin({ token: () => Promise.resolve(null) });
    await pass();
    expect(attempts()).toBe(0);
    expect(statuses.at(-1)).toBe('stopped');
  });

  test.each([404, 403, 501])('%i: there is no stream to be had; it is asked for again at leisure', async (status) => {
    server.on(`GET ${path}`, () => refuse(status, 'no'));
    begin();
    await pass(119_999);
    expect(statuses).toEqual(['connecting', 'unavailable']);
    expect(attempts()).toBe(1);
    await pass(1);
    expect(attempts()).toBe(2);
  });

  test('an answer that is no event stream counts as none', async () => {
    server.on(`GET ${path}`, () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } }));
    begin();
    await pass();
    expect(statuses.at(-1)).toBe('unavailable');
  });

  test('a busy server says how long to wait', async () => {
    server.on(`GET ${path}`, () => Response.json({}, { status: 503, headers: { 'Retry-After': '7' } }));
    begin();
    await pass(6_999);
    expect(attempts()).toBe(1);
    await pass(1);
    expect(attempts()).toBe(2);
  });
});

test('an unreadable event is skipped and the stream goes on', async () => {
  begin();
  await pass();
  streams[0]?.write('event: order\ndata: {half\n\n');
  streams[0]?.send('order', { event_id: 'e1' });
  await pass();
  expect(events).toEqual([['order', { event_id: 'e1' }]]);
});

test('stop closes the connection and makes no new one', async () => {
  begin();
  await pass();
  streams[0]?.send('overview', {});
  await pass();
  live.stop();
  await pass(600_000);
  expect(server.calls[0]?.signal?.aborted).toBe(true);
  expect(attempts()).toBe(1);
  expect(statuses.at(-1)).toBe('stopped');
});

test('stopped while it waits for a token, it asks for nothing', async () => {
  let give: (token: string) => void = () => undefined;
  begin({ token: () => new Promise((resolve) => (give = resolve)) });
  await pass();
  live.stop();
  give('t1');
  await pass();
  expect(attempts()).toBe(0);
});
