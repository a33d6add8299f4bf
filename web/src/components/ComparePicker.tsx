import { useId } from 'react';
import type { Period } from '../api/types';
import { dayRange } from '../lib/format';
import { comparisons, type Comparison } from '../period/range';
import { Icon } from './Icon';
import { Popover } from './Popover';

const choices: Record<Comparison, { label: string; short: string }> = {
  period: { label: 'The days right before', short: 'previous period' },
  year: { label: 'The same days a year earlier', short: 'previous year' },
  off: { label: 'Nothing', short: 'off' },
};

interface ComparePickerProps {
  compare: Comparison;
  period: Period | null;
  onChange: (compare: Comparison) => void;
}

/** Which earlier days the figures are held against. */
export function ComparePicker({ compare, period, onChange }: ComparePickerProps) {
  const name = useId();
  return (
    <Popover
      label="Compare with"
      className="right-0 w-72 max-w-[calc(100vw-2rem)] max-sm:fixed max-sm:inset-x-4 max-sm:top-24 max-sm:w-auto"
      button={(props) => (
        <button type="button" {...props} aria-keyshortcuts="x" className="button">
          <Icon name="compare" className="size-4 max-xs:hidden" />
          <span>
            Compare<span className="text-ink-2 max-sm:sr-only">: {choices[compare].short}</span>
          </span>
        </button>
      )}
    >
      {(close) => (
        <fieldset className="space-y-1">
          <legend className="mb-1 text-xs text-ink-2">Compare with</legend>
          {comparisons.map((choice) => (
            <label key={choice} className="flex cursor-pointer items-start gap-2.5 rounded-lg px-2 py-1.5 text-[0.8125rem] hover:bg-fill">
              <input
                type="radio"
                name={name}
                className="mt-0.5 size-4 accent-(--accent)"
                checked={compare === choice}
                // A click chooses and closes; the arrow keys only choose, and must not lose their place.
                onClick={(event) => event.detail > 0 && close()}
                onChange={() => onChange(choice)}
              />
              <span>
                {choices[choice].label}
                {choice === compare && choice !== 'off' && period && (
                  <span className="block text-xs text-ink-3">{dayRange(period.previous_from, period.previous_to)}</span>
                )}
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </Popover>
  );
}
