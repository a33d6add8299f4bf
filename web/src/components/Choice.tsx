interface ChoiceProps<T extends string> {
  label: string;
  choices: readonly (readonly [T, string])[];
  value: T;
  onChange: (value: T) => void;
}

/** One of a few, all of them in sight. */
export function Choice<T extends string>({ label, choices, value, onChange }: ChoiceProps<T>) {
  return (
    <div role="group" aria-label={label} className="flex max-w-full flex-wrap rounded-[0.7rem] border border-line bg-fill p-0.5">
      {choices.map(([choice, title]) => (
        <button
          key={choice}
          type="button"
          aria-pressed={choice === value}
          className={segment(choice === value)}
          onClick={() => onChange(choice)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}

/** How a part of a group of buttons looks. */
export const segment = (on: boolean): string =>
  `min-h-8 rounded-lg px-2.5 text-[0.8125rem] whitespace-nowrap ${on ? 'bg-accent font-semibold text-accent-ink' : 'text-ink-2 hover:bg-fill-strong hover:text-ink'}`;
