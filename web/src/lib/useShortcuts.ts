import { useEffect, useRef, useSyncExternalStore } from 'react';
import { Listeners } from './listeners';
import { storage } from './storage';

const key = 'cloudcart.shortcuts';
const listeners = new Listeners();
let enabled = storage.read(key) !== 'off';

/** Speech input can fire single letters by accident, so they can be switched off (WCAG 2.1.4). */
export function setShortcutsEnabled(value: boolean): void {
  enabled = value;
  storage.write(key, value ? null : 'off');
  listeners.notify();
}

export function useShortcutsEnabled(): boolean {
  return useSyncExternalStore(listeners.subscribe, () => enabled);
}

const typesText = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));

/** Single keys, by `KeyboardEvent.key` in lower case. `?` stays on when the letters are off: it is the way to switch them on again. */
export function useShortcuts(actions: Record<string, () => void>): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
      if (typesText(event.target) || document.querySelector('dialog[open]')) return;
      const pressed = event.key.toLowerCase();
      if (!enabled && pressed !== '?') return;
      const action = latest.current[pressed];
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
