import { describe, expect, test } from 'vitest';
import { periodParams, rangeProblem, readView, writeView, type Comparison, type Range, type View } from './range';

const read = (text: string) => readView(new URLSearchParams(text));

const written = (view: View) =>
  new URLSearchParams(
    Object.entries(writeView(view)).filter((entry): entry is [string, string] => entry[1] !== null),
  ).toString();

test.each<[string, View]>([
  ['', { range: { kind: '7d' }, compare: 'period' }],
  ['range=today', { range: { kind: 'today' }, compare: 'period' }],
  ['range=30d&compare=off', { range: { kind: '30d' }, compare: 'off' }],
  ['range=12m&compare=year', { range: { kind: '12m' }, compare: 'year' }],
  ['from=2026-11-01&to=2026-11-03', { range: { kind: 'custom', from: '2026-11-01', to: '2026-11-03' }, compare: 'period' }],
])('the address %j and its view are the same thing', (text, view) => {
  expect(read(text)).toEqual(view);
  expect(written(view)).toBe(text);
});

test.each(['range=year', 'from=2026-11-01', 'from=2026-02-30&to=2026-03-01', 'from=2026-11-03&to=2026-11-01', 'from=x&to=y'])(
  'an address that makes no sense (%s) shows the last seven days',
  (text) => expect(read(text).range).toEqual({ kind: '7d' }),
);

describe('what is asked of the server', () => {
  const today = '2026-03-01';
  const params = (range: Range, compare: Comparison = 'period') => periodParams({ range, compare }, today);
  test('today', () => expect(params({ kind: 'today' })).toEqual({ from: today, to: today }));
  test('the last days are the server’s to place', () => {
    expect(params({ kind: '7d' })).toEqual({});
    expect(params({ kind: '30d' })).toEqual({ days: '30' });
  });
  test('own days', () =>
    expect(params({ kind: 'custom', from: '2025-01-01', to: '2025-01-02' })).toEqual({ from: '2025-01-01', to: '2025-01-02' }));
  test('what to compare with', () => {
    expect(params({ kind: '90d' }, 'year')).toEqual({ days: '90', compare: 'previous_year' });
    expect(params({ kind: '7d' }, 'off')).toEqual({});
  });
});

test('the longest range is allowed, one day more is not', () => {
  expect(rangeProblem('2016-11-16', '2026-11-23')).toBeNull();
  expect(rangeProblem('2016-11-15', '2026-11-23')).toBe('Choose at most 3,660 days.');
});
