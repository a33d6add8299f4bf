import { describe, expect, test } from 'vitest';
import { rangeParams, rangeProblem, readView, writeView, type View } from './range';

const read = (text: string) => readView(new URLSearchParams(text));

test.each<[string, View]>([
  ['', { range: { kind: '7d' }, compare: true }],
  ['range=today', { range: { kind: 'today' }, compare: true }],
  ['range=30d&compare=off', { range: { kind: '30d' }, compare: false }],
  ['from=2026-11-01&to=2026-11-03', { range: { kind: 'custom', from: '2026-11-01', to: '2026-11-03' }, compare: true }],
])('the address %j and its view are the same thing', (text, view) => {
  expect(read(text)).toEqual(view);
  expect(writeView(view).toString()).toBe(text);
});

test.each(['range=year', 'from=2026-11-01', 'from=2026-02-30&to=2026-03-01', 'from=2026-11-03&to=2026-11-01', 'from=x&to=y'])(
  'an address that makes no sense (%s) shows the last seven days',
  (text) => expect(read(text).range).toEqual({ kind: '7d' }),
);

describe('what is asked of the server', () => {
  const today = '2026-03-01';
  test('today', () => expect(rangeParams({ kind: 'today' }, today)).toEqual({ from: today, to: today }));
  test('thirty days with today, across the end of February', () =>
    expect(rangeParams({ kind: '30d' }, today)).toEqual({ from: '2026-01-31', to: today }));
  test('the last seven days are the server’s to choose', () => expect(rangeParams({ kind: '7d' }, today)).toEqual({}));
  test('own days', () =>
    expect(rangeParams({ kind: 'custom', from: '2025-01-01', to: '2025-01-02' }, today)).toEqual({ from: '2025-01-01', to: '2025-01-02' }));
});

test('the longest range is allowed, one day more is not', () => {
  expect(rangeProblem('2016-11-16', '2026-11-23')).toBeNull();
  expect(rangeProblem('2016-11-15', '2026-11-23')).toBe('Choose at most 3,660 days.');
});
