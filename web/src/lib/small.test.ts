import { act, renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { groupBy } from './groupBy';
import { newKey } from './newKey';
import { saveAs } from './save';
import { closeAllToasts, closeToast, toast, useToasts } from './toasts';
import { useDelayed } from './useDelayed';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  closeAllToasts();
  vi.useRealTimers();
});

const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));

test('groups stand in the order in which they first appear, and so do their items', () => {
  expect([...groupBy([3, 4, 1, 6], (number) => (number % 2 === 0 ? 'even' : 'odd'))]).toEqual([['odd', [3, 1]], ['even', [4, 6]]]);
  expect(groupBy([], String).size).toBe(0);
});

test('a value settles once it has stood still, however long it moves before', () => {
  const { result, rerender } = renderHook(({ text }) => useDelayed(text, 200), { initialProps: { text: 'a' } });
  expect(result.current).toBe('a');
  for (const text of ['ab', 'abc', 'abcd']) {
    rerender({ text });
    pass(150);
    expect(result.current).toBe('a');
  }
  pass(50);
  expect(result.current).toBe('abcd');
});

test('a key is 128 bits long and never the same', () => {
  const keys = Array.from({ length: 100 }, newKey);
  expect(keys.every((key) => /^[0-9a-f]{32}$/.test(key))).toBe(true);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a file is saved under a name that every system takes, in the letters of any language, and let go of later', () => {
  const names: string[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    names.push(`${this.download} ${this.href}`);
  });
  const letGo = vi.fn();
  Object.assign(URL, { createObjectURL: () => 'blob:http://shop.test/1', revokeObjectURL: letGo });
  const content = new Blob(['a,b']);
  saveAs(content, 'sales by day 2026-11-01 to 2026-11-30.csv');
  saveAs(content, 'Tee für zwei / 50 % "neu".csv');
  saveAs(content, 'お茶.csv');
  expect(names.map((name) => name.split(' ')[0])).toEqual(['sales-by-day-2026-11-01-to-2026-11-30.csv', 'Tee-für-zwei-50-neu-.csv', 'お茶.csv']);
  expect(names[0]).toMatch(/ blob:http:\/\/shop\.test\/1$/);
  expect(letGo).not.toHaveBeenCalled();
  pass(10_000);
  expect(letGo).toHaveBeenCalledTimes(3);
});

test('good news goes by itself after a few seconds, bad news when it is closed', () => {
  const { result } = renderHook(useToasts);
  const texts = () => result.current.map(({ text }) => text);
  act(() => {
    toast('Saved.', 'good');
    toast('It broke.', 'bad');
  });
  pass(5_900);
  act(() => toast('By the way.'));
  expect(texts()).toEqual(['Saved.', 'It broke.', 'By the way.']);
  pass(100);
  expect(texts()).toEqual(['It broke.', 'By the way.']);
  pass(60_000);
  expect(texts()).toEqual(['It broke.']);
  act(() => closeToast(result.current[0]?.id ?? 0));
  expect(texts()).toEqual([]);
});
