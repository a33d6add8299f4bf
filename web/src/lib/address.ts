import { useCallback, useMemo } from 'react';
import { useSearch as useSearchText } from 'wouter';
import { navigate, usePathname } from 'wouter/use-browser-location';

export { usePathname };

export type SearchChange = Readonly<Record<string, string | null>>;

/** What every view shares: the days that are looked at. The rest of the address belongs to one view. */
const shared = ['range', 'from', 'to', 'compare'] as const;

const join = (path: string, search: URLSearchParams) => {
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
};

/** The query part of the address, also after back and forward. */
export function useSearch(): URLSearchParams {
  const text = useSearchText();
  return useMemo(() => new URLSearchParams(text), [text]);
}

/** The address of another view on the same days, with parameters of its own. */
export function addressOf(path: string, search: URLSearchParams, own: SearchChange = {}): string {
  const kept = new URLSearchParams();
  for (const name of shared) {
    const value = search.get(name);
    if (value !== null) kept.set(name, value);
  }
  return join(path, changed(kept, own));
}

/** An address with its parameters changed, those of other views and all: `null` takes one away. */
export const withSearch = (path: string, search: URLSearchParams, change: SearchChange = {}): string => join(path, changed(search, change));

function changed(search: URLSearchParams, change: SearchChange): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(change)) {
    if (value === null) next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/**
 * Changes parameters of the address (null takes one away) as a new step of the browser's history, or, for what is typed
 * letter by letter, in place.
 */
export function changeSearch(change: SearchChange, { replace = false } = {}): void {
  const { pathname, search } = window.location;
  const next = join(pathname, changed(new URLSearchParams(search), change));
  if (next !== pathname + search) navigate(next, { replace });
}

/** Goes to another view without loading the page anew. */
export function goTo(address: string): void {
  if (address !== window.location.pathname + window.location.search) navigate(address);
}

/** One parameter of the address as state; null where it is missing. */
export function useSearchParam(name: string): [string | null, (value: string | null, options?: { replace?: boolean }) => void] {
  const value = useSearch().get(name);
  const set = useCallback(
    (next: string | null, options?: { replace?: boolean }) => changeSearch({ [name]: next }, options),
    [name],
  );
  return [value, set];
}

/** The same for one of a few words, the first of which is the usual choice and leaves no trace in the address. */
export function useSearchChoice<T extends string>(name: string, choices: readonly [T, ...T[]]): [T, (value: T) => void] {
  const [text, set] = useSearchParam(name);
  const [usual] = choices;
  const value = choices.find((choice) => choice === text) ?? usual;
  const choose = useCallback((next: T) => set(next === usual ? null : next), [set, usual]);
  return [value, choose];
}
