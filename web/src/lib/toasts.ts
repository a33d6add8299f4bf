import { useSyncExternalStore } from 'react';
import { Listeners } from './listeners';

export interface Toast {
  id: number;
  tone: 'good' | 'bad' | 'plain';
  text: string;
}

const shownMs = 6_000;
const most = 4;
const listeners = new Listeners();
let toasts: readonly Toast[] = [];
let made = 0;

/** Says something for a few seconds at the edge of the screen; bad news stays until it is closed. */
export function toast(text: string, tone: Toast['tone'] = 'plain'): void {
  made += 1;
  const id = made;
  toasts = [...toasts, { id, tone, text }];
  if (toasts.length > most) {
    // What would go by itself makes room first.
    const leaving = toasts.find((other) => other.tone !== 'bad') ?? toasts[0];
    toasts = toasts.filter((other) => other !== leaving);
  }
  listeners.notify();
  if (tone !== 'bad') setTimeout(() => closeToast(id), shownMs);
}

export function closeToast(id: number): void {
  toasts = toasts.filter((other) => other.id !== id);
  listeners.notify();
}

/** What was said to one account is not for the next. */
export function closeAllToasts(): void {
  toasts = [];
  listeners.notify();
}

export const useToasts = (): readonly Toast[] => useSyncExternalStore(listeners.subscribe, () => toasts);
