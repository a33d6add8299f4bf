import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Icon } from '../../components/Icon';
import { groupBy } from '../../lib/groupBy';
import { fits, useCommands, type Command } from './commands';
import { useFound, type Found } from './useFound';
import type { ViewEntry } from './views';

interface CommandPaletteProps {
  views: readonly ViewEntry[];
  onRefresh: () => void;
  onHelp: () => void;
  onClose: () => void;
}

/** Goes anywhere and does anything by typing. A combobox with a list, as the ARIA practices describe it. */
export function CommandPalette({ views, onRefresh, onHelp, onClose }: CommandPaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const commands = useCommands(views, onRefresh, onHelp);
  const text = typed.trim();
  const shop = useFound(text);
  const found = useMemo(
    () => [...commands.filter((command) => fits(command, text)), ...shop.commands],
    [commands, text, shop.commands],
  );
  const active = Math.min(chosen, found.length - 1);

  const told = telling(found.length, shop, text);

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);

  const run = (command: Command) => {
    // Closed first: what comes may open a dialog of its own, and gives the focus back to where it was.
    dialog.current?.close();
    command.run();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Enter and the arrows then choose among an input method's characters.
    if (event.nativeEvent.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) {
      event.preventDefault();
      setChosen((active + step + found.length) % found.length);
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      const command = found[active];
      // What was found for an earlier text is not what was meant by this one.
      if (command && !(shop.busy && shop.commands.includes(command))) run(command);
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
          placeholder="A view, a product, a customer, an order…"
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
        {grouped(found).map(([group, entries], place) => (
          <div key={group} role="group" aria-labelledby={`${id}-group-${place}`}>
            <p id={`${id}-group-${place}`} className="px-3 pt-2 pb-1 text-xs text-ink-3">{group}</p>
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
                <span title={command.title} className={`truncate ${command.about === undefined ? 'min-w-0' : 'max-w-3/5 shrink-0 sm:max-w-3/4'}`}>{command.title}</span>
                {command.about !== undefined && (
                  <span title={command.about} className="ml-auto min-w-0 truncate text-xs text-ink-3">{command.about}</span>
                )}
              </div>
            ))}
          </div>
        ))}
      </div>
      <p role="status" className={told.inSight ? 'px-5 pt-1 pb-4 text-[0.8125rem] text-ink-2' : 'sr-only'}>
        {told.text}
      </p>
    </dialog>
  );
}

/** What has come of the search. In sight where the list does not say it by itself. */
function telling(count: number, { busy, failed }: Found, text: string): { text: string; inSight: boolean } {
  // Said beside views that fit, too: else it would look as if the shop had nothing of that name.
  if (failed && !busy) return { text: 'The search is not answered right now.', inSight: true };
  if (count > 0) return { text: `${count} found.`, inSight: false };
  return { text: busy ? 'Looking…' : `Nothing is called “${text}”.`, inSight: true };
}

/** Group by group, each command with its place in the whole list. */
const grouped = (commands: readonly Command[]) =>
  [...groupBy(commands.map((command, index) => ({ command, index })), ({ command }) => command.group)];
