import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { addDays, dayIn, daysInclusive, isDay } from './dates';
import { ago, dayRange, dayRangeShort, money, moneyParts, moneyShort, plural, signedPercent, zoneLabel, zoneName } from './format';
import { throttleLatest } from './throttle';
import { toast, useToasts } from './toasts';

const plain = (text: string) => text.replace(/[\u2009\u202f\u00a0]/g, ' ');

describe('days', () => {
  test('follow the calendar', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    // The night of the change to summer time has 23 hours in many places; a calendar day is a day all the same.
    expect(daysInclusive('2026-03-28', '2026-03-30')).toBe(3);
    expect(isDay('2026-02-29')).toBe(false);
    expect(isDay('2026-2-9')).toBe(false);
  });

  test('begin at midnight of the shop', () => {
    const instant = Date.parse('2026-11-23T23:30:00Z');
    expect(dayIn('Europe/London', instant)).toBe('2026-11-23');
    expect(dayIn('Europe/Berlin', instant)).toBe('2026-11-24');
    expect(dayIn('America/Los_Angeles', instant)).toBe('2026-11-23');
  });
});

describe('formats', () => {
  test('money in the shop’s currency, also one without cents', () => {
    expect(money(1234.5, 'EUR')).toBe('€1,234.50');
    expect(moneyParts(1234.5, 'EUR')).toEqual({ whole: '€1,234', fraction: '.50' });
    expect(moneyParts(-7, 'JPY')).toEqual({ whole: '-¥7', fraction: '' });
  });

  test('short money for axes', () => {
    expect(moneyShort(400, 'EUR')).toBe('€400');
    expect(moneyShort(12_500, 'EUR')).toMatch(/^€12\.5K$/i);
  });

  test('ranges name their month and year once', () => {
    expect(plain(dayRange('2026-11-17', '2026-11-23'))).toMatch(/^(17 – 23 Nov 2026|Nov 17 – 23, 2026)$/);
    expect(plain(dayRangeShort('2026-11-10', '2026-11-16'))).not.toContain('2026');
    expect(dayRangeShort('2025-12-30', '2026-01-02')).toContain('2025');
  });

  test('zones by the day’s own name', () => {
    expect(zoneLabel('UTC', Date.parse('2026-07-01'))).toBe('UTC');
    expect(zoneLabel('Europe/London', Date.parse('2026-12-01'))).toBe('Europe/London (GMT)');
    expect(zoneName('Europe/London', Date.parse('2026-07-01'))).not.toBe(zoneName('Europe/London', Date.parse('2026-12-01')));
  });

  test('how long ago', () => {
    const now = Date.parse('2026-11-23T12:00:00Z');
    const at = (seconds: number) => ago(new Date(now - seconds * 1000).toISOString(), now, 'UTC');
    expect(at(-30)).toBe('just now');
    expect(at(2)).toBe('just now');
    expect(at(50)).toMatch(/^50 sec/);
    expect(at(600)).toMatch(/^10 min/);
    expect(at(7200)).toMatch(/^2 hr/);
    expect(at(3 * 86_400)).toContain('2026');
  });

  test('signs and plurals', () => {
    expect(signedPercent(12.34)).toBe('+12.3%');
    expect(signedPercent(0)).toBe('0%');
    expect(plural(1, 'order')).toBe('1 order');
    expect(plural(1200, 'order')).toBe('1,200 orders');
  });
});

describe('throttleLatest', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('calls at once, then at most once per span, and never loses the last value', () => {
    const call = vi.fn();
    const { push } = throttleLatest(100, call);
    for (const value of [1, 2, 3]) push(value);
    expect(call.mock.calls).toEqual([[1]]);
    vi.advanceTimersByTime(100);
    expect(call.mock.calls).toEqual([[1], [3]]);
    push(4);
    expect(call).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(100);
    expect(call).toHaveBeenLastCalledWith(4);
    vi.advanceTimersByTime(100);
    push(5);
    expect(call).toHaveBeenLastCalledWith(5);
  });

  test('cancel drops what waits', () => {
    const call = vi.fn();
    const { push, cancel } = throttleLatest(100, call);
    push(1);
    push(2);
    cancel();
    vi.advanceTimersByTime(500);
    expect(call).toHaveBeenCalledOnce();
  });
});

test('bad news stays until it is closed, however much is said after it', () => {
  const { result } = renderHook(() => useToasts());
  act(() => {
    toast('It broke.', 'bad');
    for (const number of [1, 2, 3, 4, 5]) toast(`Saved ${number}.`, 'good');
  });
  expect(result.current.map(({ text }) => text)).toEqual(['It broke.', 'Saved 3.', 'Saved 4.', 'Saved 5.']);
  act(() => {
    for (const number of [1, 2, 3, 4, 5]) toast(`It broke ${number} times.`, 'bad');
  });
  expect(result.current.map(({ text }) => text)).toEqual([2, 3, 4, 5].map((number) => `It broke ${number} times.`));
});
