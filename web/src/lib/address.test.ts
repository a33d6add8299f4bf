import { act, renderHook } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { addressOf, changeSearch, goTo, useSearchChoice, useSearchParam, withSearch } from './address';

const address = () => window.location.pathname + window.location.search;
// A new step, which also takes away what an earlier test could go forward to.
const start = (at: string) => window.history.pushState(null, '', at);
const back = () =>
  act(async () => {
    const gone = new Promise((resolve) => window.addEventListener('popstate', resolve, { once: true }));
    window.history.back();
    await gone;
  });

describe('another view', () => {
  const search = new URLSearchParams('range=custom&from=2026-11-01&to=2026-11-05&compare=year&product=p1&status=shipped');

  test('keeps the days, and leaves behind what belongs to one view', () => {
    expect(addressOf('/sales', search)).toBe('/sales?range=custom&from=2026-11-01&to=2026-11-05&compare=year');
    expect(addressOf('/sales', new URLSearchParams('status=shipped'))).toBe('/sales');
  });

  test('may be opened with parameters of its own, whatever they hold', () => {
    expect(addressOf('/products', new URLSearchParams('range=30d'), { product: 'a&b=c d' })).toBe('/products?range=30d&product=a%26b%3Dc+d');
  });

  test('while a part of the address that is changed leaves the rest alone', () => {
    expect(withSearch('/orders', new URLSearchParams('status=shipped&page=3'), { page: null })).toBe('/orders?status=shipped');
  });
});

describe('the address', () => {
  test('is changed as a step that back undoes, and not at all where nothing changes', async () => {
    start('/sales?range=30d');
    const { result } = renderHook(() => useSearchParam('by'));
    const steps = window.history.length;
    act(() => result.current[1]('week'));
    expect(address()).toBe('/sales?range=30d&by=week');
    expect(result.current[0]).toBe('week');
    act(() => result.current[1]('week'));
    expect(window.history.length).toBe(steps + 1);
    await back();
    expect(address()).toBe('/sales?range=30d');
    expect(result.current[0]).toBeNull();
  });

  test('is changed in place by what is typed letter by letter', () => {
    start('/orders');
    const steps = window.history.length;
    for (const text of ['l', 'la', 'lam']) act(() => changeSearch({ search: text }, { replace: true }));
    expect(address()).toBe('/orders?search=lam');
    expect(window.history.length).toBe(steps);
  });

  test('is not gone to twice', () => {
    start('/sales?range=30d');
    const steps = window.history.length;
    act(() => goTo('/sales?range=30d'));
    expect(window.history.length).toBe(steps);
    act(() => goTo('/sales'));
    expect(window.history.length).toBe(steps + 1);
  });

  test('holds one of a few words; the usual one leaves no trace, and what is none of them counts for it', () => {
    start('/sales?by=fortnight');
    const { result } = renderHook(() => useSearchChoice('by', ['day', 'week']));
    expect(result.current[0]).toBe('day');
    act(() => result.current[1]('week'));
    expect(address()).toBe('/sales?by=week');
    act(() => result.current[1]('day'));
    expect(address()).toBe('/sales');
  });
});
