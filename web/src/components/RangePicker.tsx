import { useId, useState } from 'react';
import { presets, rangeProblem, type Preset, type Range } from '../period/range';
import type { Day } from '../lib/dates';
import { dayRange } from '../lib/format';
import { segment } from './Choice';
import { Icon } from './Icon';
import { Popover } from './Popover';

const labels: Record<Preset, { label: string; key?: string }> = {
  today: { label: 'Today', key: 'd' },
  '7d': { label: '7 days', key: 'w' },
  '30d': { label: '30 days', key: 'm' },
  '90d': { label: '90 days' },
  '12m': { label: '12 months' },
};

interface RangePickerProps {
  range: Range;
  /** The days on the screen, which a custom range starts from. */
  shown: { from: Day; to: Day } | null;
  timeZone: string | null;
  onChange: (range: Range) => void;
}

export function RangePicker({ range, shown, timeZone, onChange }: RangePickerProps) {
  return (
    <div role="group" aria-label="Days shown" className="flex max-w-full flex-wrap rounded-[0.7rem] border border-line bg-fill p-0.5">
      {presets.map((kind) => (
        <button
          key={kind}
          type="button"
          aria-pressed={range.kind === kind}
          aria-keyshortcuts={labels[kind].key}
          className={segment(range.kind === kind)}
          onClick={() => onChange({ kind })}
        >
          {labels[kind].label}
        </button>
      ))}
      <Popover
        label="Choose days"
        className="right-0 w-72 max-w-[calc(100vw-2rem)] max-sm:fixed max-sm:inset-x-4 max-sm:top-24 max-sm:w-auto"
        button={(props) => (
          <button
            type="button"
            {...props}
            className={`inline-flex items-center gap-1.5 ${segment(range.kind === 'custom')}`}
          >
            <Icon name="calendar" className="size-3.5 max-xs:hidden" />
            {range.kind === 'custom' ? dayRange(range.from, range.to) : 'Custom'}
          </button>
        )}
      >
        {(close) => (
          <CustomRange
            start={range.kind === 'custom' ? range : shown}
            timeZone={timeZone}
            onApply={(from, to) => {
              close();
              onChange({ kind: 'custom', from, to });
            }}
          />
        )}
      </Popover>
    </div>
  );
}

interface CustomRangeProps {
  start: { from: Day; to: Day } | null;
  timeZone: string | null;
  onApply: (from: Day, to: Day) => void;
}

function CustomRange({ start, timeZone, onApply }: CustomRangeProps) {
  const id = useId();
  const [from, setFrom] = useState(start?.from ?? '');
  const [to, setTo] = useState(start?.to ?? '');
  const [tried, setTried] = useState(false);
  const problem = rangeProblem(from, to);
  const shownProblem = tried ? problem : null;
  const field = (part: 'from' | 'to') => ({
    id: `${id}-${part}`,
    type: 'date',
    required: true,
    className: 'field',
    'aria-invalid': shownProblem !== null,
    'aria-describedby': `${id}-problem`,
  });
  return (
    <form
      noValidate
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (problem === null) onApply(from, to);
      }}
    >
      <div>
        <label htmlFor={`${id}-from`} className="mb-1 block text-xs text-ink-2">First day</label>
        <input {...field('from')} value={from} onChange={(event) => setFrom(event.target.value)} />
      </div>
      <div>
        <label htmlFor={`${id}-to`} className="mb-1 block text-xs text-ink-2">Last day, included</label>
        <input {...field('to')} value={to} onChange={(event) => setTo(event.target.value)} />
      </div>
      <p id={`${id}-problem`} role="alert" className="text-xs text-bad empty:hidden">{shownProblem}</p>
      {timeZone && <p className="text-xs text-ink-3">Days begin and end in {timeZone}.</p>}
      <button type="submit" className="button button-primary w-full">Show these days</button>
    </form>
  );
}
