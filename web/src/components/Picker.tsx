import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useDelayed } from '../lib/useDelayed';
import { Icon } from './Icon';

interface PickerProps<T> {
  label: string;
  placeholder: string;
  /** Distinguishes its questions from those of other pickers. */
  name: string;
  /** The best matches for a text of at least two characters. */
  find: (text: string, signal: AbortSignal) => Promise<readonly T[]>;
  keyOf: (item: T) => string;
  show: (item: T) => ReactNode;
  onChoose: (item: T) => void;
}

const settleMs = 200;
const shortest = 2;

/** Finds one of many by typing. A combobox with a list, as the ARIA practices describe it. */
export function Picker<T>({ label, placeholder, name, find, keyOf, show, onChoose }: PickerProps<T>) {
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState(0);
  const text = useDelayed(typed.trim(), settleMs);
  const asks = text.length >= shortest;
  const query = useQuery({
    queryKey: ['find', name, text],
    queryFn: ({ signal }) => find(text, signal),
    enabled: asks,
    placeholderData: keepPreviousData,
  });
  const items = asks ? (query.data ?? []) : [];
  // Else they were found for an earlier text, and are not what is meant by this one.
  const current = text === typed.trim() && !query.isPlaceholderData;
  const active = Math.min(chosen, items.length - 1);
  const shown = open && typed.trim().length >= shortest;

  const choose = (item: T | undefined) => {
    if (item === undefined) return;
    setOpen(false);
    setTyped('');
    onChoose(item);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Enter and the arrows then choose among an input method's characters.
    if (event.nativeEvent.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && items.length > 0) {
      event.preventDefault();
      setOpen(true);
      setChosen((active + step + items.length) % items.length);
    }
    if (event.key === 'Enter' && shown) {
      event.preventDefault();
      if (current) choose(items[active]);
    }
    if (event.key === 'Escape' && shown) {
      // Closes the list alone, and not the dialog or panel in which it stands.
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };

  return (
    <div
      ref={root}
      className="relative w-full"
      onBlur={(event) => {
        if (!root.current?.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <Icon name="search" className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-3" />
      <input
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-activedescendant={shown && items.length > 0 ? `${id}-${active}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        className="field pl-9! text-[0.8125rem]!"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setOpen(true);
          setChosen(0);
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={onKeyDown}
      />
      <div hidden={!shown} className="float absolute inset-x-0 top-full z-30 mt-1 max-h-72 overflow-y-auto p-1.5">
        <div role="listbox" id={`${id}-list`} aria-label={label}>
          {items.map((item, index) => (
            <div
              key={keyOf(item)}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              className="cursor-pointer rounded-lg px-3 py-2 text-[0.8125rem] aria-selected:bg-accent-soft"
              onPointerMove={() => setChosen(index)}
              onClick={() => choose(item)}
              onKeyDown={onKeyDown}
            >
              {show(item)}
            </div>
          ))}
        </div>
        <p role="status" className={items.length === 0 ? 'px-3 py-2 text-[0.8125rem] text-ink-2' : 'sr-only'}>
          {query.error ? 'The search is not answered right now.' : query.isFetching && items.length === 0 ? 'Looking…' : items.length === 0 ? 'Nothing found.' : `${items.length} found.`}
        </p>
      </div>
    </div>
  );
}
