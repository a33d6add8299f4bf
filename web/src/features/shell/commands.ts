import { useMemo } from 'react';
import type { IconName } from '../../components/Icon';
import { addressOf, goTo, useSearch } from '../../lib/address';
import { setTheme, themes } from '../../lib/theme';
import { useLive } from '../../live/LiveProvider';
import { usePeriod } from '../../period/usePeriod';
import { session } from '../../session/session';
import type { ViewEntry } from './views';

export interface Command {
  id: string;
  group: string;
  title: string;
  icon: IconName;
  /** Further words by which it is found. */
  words?: string;
  /** What it leads to, in small print. */
  about?: string;
  run: () => void;
}

/** Whether each word of what was typed begins a word of the command. */
export function fits({ title, words = '', about = '', group }: Command, typed: string): boolean {
  const known = `${title} ${words} ${about} ${group}`.toLowerCase().split(/\s+/);
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => known.some((candidate) => candidate.startsWith(word)));
}

/** What can be done and where one can go, whatever is in the shop. */
export function useCommands(views: readonly ViewEntry[], onRefresh: () => void, onHelp: () => void): Command[] {
  const search = useSearch();
  const { show } = usePeriod();
  const { paused, setPaused } = useLive();
  return useMemo(
    () => [
      ...views.map((view): Command => ({
        id: `view ${view.path}`,
        group: 'Views',
        title: view.title,
        about: view.about,
        icon: view.icon,
        run: () => goTo(addressOf(view.path, search)),
      })),
      ...(
        [
          ['today', 'Today'],
          ['7d', 'Last 7 days'],
          ['30d', 'Last 30 days'],
          ['90d', 'Last 90 days'],
          ['12m', 'Last 12 months'],
        ] as const
      ).map(([kind, title]): Command => ({
        id: `range ${kind}`,
        group: 'Days',
        title,
        words: 'range period',
        icon: 'calendar',
        run: () => show({ range: { kind } }),
      })),
      ...(
        [
          ['period', 'Compare with the days right before'],
          ['year', 'Compare with a year earlier'],
          ['off', 'Compare with nothing'],
        ] as const
      ).map(([compare, title]): Command => ({
        id: `compare ${compare}`,
        group: 'Days',
        title,
        icon: 'compare',
        run: () => show({ compare }),
      })),
      { id: 'refresh', group: 'Page', title: 'Refresh', words: 'reload', icon: 'refresh', run: onRefresh },
      {
        id: 'pause',
        group: 'Page',
        title: paused ? 'Go on' : 'Pause',
        words: 'live stop figures',
        icon: paused ? 'play' : 'pause',
        run: () => setPaused(!paused),
      },
      ...themes.map((theme): Command => ({
        id: `theme ${theme}`,
        group: 'Page',
        title: `Theme: ${theme}`,
        // Not the names of the themes: each would be found by the others'.
        words: 'colours mode',
        icon: 'overview',
        run: () => setTheme(theme),
      })),
      { id: 'help', group: 'Page', title: 'Keyboard help', words: 'shortcuts', icon: 'help', run: onHelp },
      { id: 'docs', group: 'Page', title: 'API reference', words: 'docs openapi', icon: 'info', run: () => window.location.assign('/docs') },
      { id: 'sign-out', group: 'Page', title: 'Sign out', words: 'log out leave', icon: 'user', run: () => void session.signOut() },
    ],
    [views, search, show, paused, setPaused, onRefresh, onHelp],
  );
}
