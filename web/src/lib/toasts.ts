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
  toasts = [...toasts, { id, tone, text }].slice(-most);
  listeners.notify();
  if (tone !== 'bad') setTimeout(() => closeToast(id), shownMs);
}

export function closeToast(id: number): void {
  toasts = toasts.filter((other) => other.id !== id);
  listeners.notify();
}

export const useToasts = (): readonly Toast[] => useSyncExternalStore(listeners.subscribe, () => toasts);
