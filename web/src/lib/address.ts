import { useMemo, useSyncExternalStore } from 'react';
import { Listeners } from './listeners';

const listeners = new Listeners();
window.addEventListener('popstate', () => listeners.notify());

/** Writes the query part of the address as a new step of the browser's history. */
export function setSearch(search: URLSearchParams): void {
  const text = search.toString();
  const next = `${window.location.pathname}${text ? `?${text}` : ''}`;
  if (next === `${window.location.pathname}${window.location.search}`) return;
  window.history.pushState(null, '', next);
  listeners.notify();
}

/** The query part of the address, also after back and forward. */
export function useSearch(): URLSearchParams {
  const text = useSyncExternalStore(listeners.subscribe, () => window.location.search);
  return useMemo(() => new URLSearchParams(text), [text]);
}
