import { expect, test } from 'vitest';
import { liveness, staleAfterMs, type Signs } from './liveness';

const calm: Signs = { paused: false, online: true, stream: 'live', failing: false, age: 1_000 };

test.each<[ReturnType<typeof liveness>, Partial<Signs>]>([
  ['live', {}],
  // A quiet shop: no event for long, yet the heartbeat holds the stream.
  ['live', { age: staleAfterMs + 1 }],
  ['paused', { paused: true, online: false, stream: 'stopped' }],
  ['connecting', { stream: 'connecting', age: null }],
  ['reconnecting', { stream: 'reconnecting' }],
  ['polling', { stream: 'unavailable' }],
  ['stale', { stream: 'unavailable', failing: true }],
  ['stale', { stream: 'reconnecting', age: staleAfterMs + 1 }],
  ['offline', { stream: 'reconnecting', online: false }],
])('%s', (says, change) => {
  expect(liveness({ ...calm, ...change })).toBe(says);
});
