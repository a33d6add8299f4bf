import { useSyncExternalStore } from 'react';
import { Listeners } from './listeners';
import { storage } from './storage';

export const themes = ['dark', 'light', 'system'] as const;
export type Theme = (typeof themes)[number];

// public/theme.js reads the same key before the first paint.
const key = 'cloudcart.theme';
const systemLight = window.matchMedia('(prefers-color-scheme: light)');
const listeners = new Listeners();

const isTheme = (value: string | null): value is Theme => themes.some((theme) => theme === value);

function chosen(): Theme {
  const stored = storage.read(key);
  return isTheme(stored) ? stored : 'dark';
}

let current = chosen();

function paint(): void {
  const light = current === 'light' || (current === 'system' && systemLight.matches);
  document.documentElement.dataset['theme'] = light ? 'light' : 'dark';
}

systemLight.addEventListener('change', paint);

export function setTheme(theme: Theme): void {
  current = theme;
  storage.write(key, theme);
  paint();
  listeners.notify();
}

export function useTheme(): Theme {
  return useSyncExternalStore(listeners.subscribe, () => current);
}
