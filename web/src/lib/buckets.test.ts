import { describe, expect, test } from 'vitest';
import { bucketFor, bucketLabel, bucketLabels, bucketsFor, bucketTick, isCut, usualBucket } from './buckets';
import { addDays } from './dates';

const first = '2026-01-01';
const until = (days: number) => addDays(first, days - 1);
const offered = (days: number) => bucketsFor(first, until(days)).join(' ');
const usual = (days: number) => usualBucket(first, until(days));

describe('cuts', () => {
  test('make neither a single place nor a thousand', () => {
    expect(offered(1)).toBe('hour');
    expect(offered(2)).toBe('hour day');
    expect(offered(7)).toBe('hour day');
    expect(offered(8)).toBe('hour day week');
    expect(offered(31)).toBe('hour day week');
    expect(offered(32)).toBe('day week month');
    expect(offered(1_100)).toBe('day week month');
    expect(offered(1_101)).toBe('week month');
    expect(offered(3_660)).toBe('week month');
  });

  test('are by themselves the finest that can be read, and always one that is offered', () => {
    expect([1, 2, 3, 62, 63, 400, 401, 3_660].map(usual)).toEqual(['hour', 'hour', 'day', 'day', 'week', 'week', 'month', 'month']);
    for (let days = 1; days <= 3_660; days += 1) expect(bucketsFor(first, until(days))).toContain(usual(days));
  });

  test('are the wished one where the days allow it', () => {
    expect(bucketFor('week', first, until(30))).toBe('week');
    expect(bucketFor('auto', first, until(30))).toBe('day');
    expect(bucketFor('hour', first, until(365))).toBe('week');
    expect(bucketFor('month', first, until(7))).toBe('day');
  });
});

describe('names of places', () => {
  test('say what is meant without the rest of the table', () => {
    expect(bucketLabel('hour', '2026-11-23T09:00:00+01:00')).toBe('Mon, Nov 23, 2026, 09:00');
    expect(bucketLabel('day', '2026-11-23')).toBe('Mon, Nov 23, 2026');
    expect(bucketLabel('week', '2026-11-23')).toBe('Week of Mon, Nov 23, 2026');
    expect(bucketLabel('month', '2026-11')).toBe('November 2026');
  });

  test('are shorter on an axis, the shorter the more there are', () => {
    expect(bucketTick('hour', '2026-11-23T09:00:00+01:00', 24)).toBe('09:00');
    expect(bucketTick('hour', '2026-11-23T09:00:00+01:00', 72)).toBe('Nov 23 09:00');
    expect(bucketTick('day', '2026-11-23', 7)).toBe('23 Mon');
    expect(bucketTick('day', '2026-11-23', 30)).toBe('Nov 23');
    expect(bucketTick('week', '2026-11-23', 5)).toBe('Nov 23');
    expect(bucketTick('month', '2026-11', 5)).toBe('Nov 26');
  });

  test('tell the two hours apart that the clock shows alike when it is set back', () => {
    const night = ['2026-10-25T01:00:00+02:00', '2026-10-25T02:00:00+02:00', '2026-10-25T02:00:00+01:00', '2026-10-25T03:00:00+01:00'];
    const names = night.map(bucketLabels('hour', night));
    expect(new Set(names).size).toBe(night.length);
    expect(names).toEqual([
      'Sun, Oct 25, 2026, 01:00',
      'Sun, Oct 25, 2026, 02:00 (UTC+02:00)',
      'Sun, Oct 25, 2026, 02:00 (UTC+01:00)',
      'Sun, Oct 25, 2026, 03:00',
    ]);
  });

  test('need no offset in the night in which an hour is left out, nor on another day at the same time', () => {
    const night = ['2026-03-29T01:00:00+01:00', '2026-03-29T03:00:00+02:00', '2026-03-30T01:00:00+02:00'];
    expect(night.map(bucketLabels('hour', night)).join()).not.toContain('UTC');
  });
});

describe('weeks and months', () => {
  test('are cut where the days begin or end within them', () => {
    // 16 and 23 November 2026 are Mondays.
    expect(isCut('week', '2026-11-16', '2026-11-16', '2026-11-22')).toBe(false);
    expect(isCut('week', '2026-11-16', '2026-11-17', '2026-11-30')).toBe(true);
    expect(isCut('week', '2026-11-16', '2026-11-01', '2026-11-21')).toBe(true);
    expect(isCut('month', '2026-11', '2026-11-01', '2026-11-30')).toBe(false);
    expect(isCut('month', '2026-11', '2026-11-02', '2026-11-30')).toBe(true);
    expect(isCut('month', '2026-11', '2026-11-01', '2026-11-29')).toBe(true);
  });

  test('of every length and at the turn of the year end where the calendar says', () => {
    expect(isCut('month', '2028-02', '2028-02-01', '2028-02-29')).toBe(false);
    expect(isCut('month', '2028-02', '2028-02-01', '2028-02-28')).toBe(true);
    expect(isCut('month', '2027-02', '2027-02-01', '2027-02-28')).toBe(false);
    expect(isCut('month', '2026-12', '2026-12-01', '2026-12-31')).toBe(false);
    expect(isCut('month', '2026-12', '2026-12-01', '2026-12-30')).toBe(true);
  });

  test('alone can be cut: a day and an hour are in or out', () => {
    expect(isCut('day', '2026-11-16', '2026-11-16', '2026-11-16')).toBe(false);
    expect(isCut('hour', '2026-11-16T00:00:00+00:00', '2026-11-16', '2026-11-16')).toBe(false);
  });
});
