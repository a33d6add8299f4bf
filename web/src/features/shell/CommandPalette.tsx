import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Icon, type IconName } from '../../components/Icon';
import { addressOf, goTo, useSearch } from '../../lib/address';
import { groupBy } from '../../lib/groupBy';
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

interface CommandPaletteProps {
  views: readonly ViewEntry[];
  onRefresh: () => void;
  onHelp: () => void;
  onClose: () => void;
}

/** Whether each word of what was typed begins a word of the command. */
function fits({ title, words = '', about = '', group }: Command, typed: string): boolean {
  const known = `${title} ${words} ${about} ${group}`.toLowerCase().split(/\s+/);
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => known.some((candidate) => candidate.startsWith(word)));
}

/** Goes anywhere and does anything by typing. A combobox with a list, as the ARIA practices describe it. */
export function CommandPalette({ views, onRefresh, onHelp, onClose }: CommandPaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const commands = useCommands(views, onRefresh, onHelp);
  const text = typed.trim();
  const found = useMemo(() => commands.filter((command) => fits(command, text)), [commands, text]);
  const active = Math.min(chosen, found.length - 1);

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);

  const run = (command: Command | undefined) => {
    if (!command) return;
    // Closed first: what comes may open a dialog of its own, and gives the focus back to where it was.
    dialog.current?.close();
    command.run();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) {
      event.preventDefault();
      setChosen((active + step + found.length) % found.length);
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      run(found[active]);
    }
  };

  return (
    <dialog
      ref={dialog}
      aria-label="Search or go to"
      onClose={onClose}
      className="float mt-[12vh] w-[min(36rem,calc(100vw-2rem))] overflow-hidden p-0 backdrop:bg-black/50"
    >
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Icon name="search" className="size-4 text-ink-3" />
        <input
          // The dialog was opened to type into it.
          // eslint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          role="combobox"
          aria-label="Search or go to"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={found.length > 0 ? `${id}-${active}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder="A view, a product, days, a setting…"
          className="min-h-13 w-full bg-transparent text-[0.9375rem] outline-none placeholder:text-ink-3"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        <kbd className="rounded border border-line px-1.5 py-0.5 font-mono text-[0.6875rem] text-ink-3">Esc</kbd>
      </div>
      <div role="listbox" id={`${id}-list`} aria-label="What can be chosen" className="max-h-[min(24rem,60vh)] overflow-y-auto p-2">
        {grouped(found).map(([group, entries]) => (
          <div key={group} role="group" aria-labelledby={`${id}-${group}`}>
            <p id={`${id}-${group}`} className="px-3 pt-2 pb-1 text-xs text-ink-3">{group}</p>
            {entries.map(({ command, index }) => (
              <div
                key={command.id}
                id={`${id}-${index}`}
                role="option"
                aria-selected={index === active}
                tabIndex={-1}
                className="flex min-h-9 cursor-pointer items-center gap-3 rounded-lg px-3 py-1.5 text-[0.8125rem] aria-selected:bg-accent-soft"
                onPointerMove={() => setChosen(index)}
                onClick={() => run(command)}
                onKeyDown={onKeyDown}
              >
                <Icon name={command.icon} className="size-4 text-ink-3" />
                <span className="min-w-0 truncate">{command.title}</span>
                {command.about !== undefined && <span className="ml-auto shrink-0 truncate text-xs text-ink-3">{command.about}</span>}
              </div>
            ))}
          </div>
        ))}
      </div>
      <p role="status" className={found.length === 0 ? 'px-5 pb-5 text-[0.8125rem] text-ink-2' : 'sr-only'}>
        {found.length === 0 ? `Nothing is called “${text}”.` : `${found.length} found.`}
      </p>
    </dialog>
  );
}

/** Group by group, each command with its place in the whole list. */
const grouped = (commands: readonly Command[]) =>
  [...groupBy(commands.map((command, index) => ({ command, index })), ({ command }) => command.group)];

function useCommands(views: readonly ViewEntry[], onRefresh: () => void, onHelp: () => void): Command[] {
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
        words: 'colours dark light mode',
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
