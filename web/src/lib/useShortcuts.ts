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

/** What was pressed, by `KeyboardEvent.key` in lower case; with Control or Command `mod+` before it. Null for anything else. */
function pressedKey({ key: pressed, ctrlKey, metaKey, altKey }: KeyboardEvent): string | null {
  if (altKey || (ctrlKey && metaKey)) return null;
  return `${ctrlKey || metaKey ? 'mod+' : ''}${pressed.toLowerCase()}`;
}

/**
 * Keys that do something: single ones, and such as `mod+k`. When single letters are switched off, `?` stays on: it is the
 * way to switch them on again. Modified keys act while text is typed, too.
 */
export function useShortcuts(actions: Record<string, () => void>): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.repeat || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      const pressed = pressedKey(event);
      if (pressed === null) return;
      const modified = pressed.startsWith('mod+');
      if (!modified && (typesText(event.target) || (!enabled && pressed !== '?'))) return;
      const action = latest.current[pressed];
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}
