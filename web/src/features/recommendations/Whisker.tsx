interface WhiskerProps {
  /** What is known of the truth, in percent or in points; null while nothing is. */
  interval: { low: number; high: number } | null;
  value: number | null;
  /** The ends of the scale, the same for all that stand together. */
  scale: { from: number; to: number };
}

/** A figure with the interval that holds the truth, against nothing at all; decoration beside the words that say the same. */
export function Whisker({ interval, value, scale: { from, to } }: WhiskerProps) {
  const place = (at: number) => `${Math.min(1, Math.max(0, (at - from) / (to - from))) * 100}%`;
  const sure = interval !== null && (interval.low > 0 || interval.high < 0);
  const colour = !sure ? 'bg-ink-3' : interval.low > 0 ? 'bg-good' : 'bg-bad';
  return (
    <span aria-hidden="true" className="relative block h-5 w-full">
      <span className="absolute inset-x-0 top-1/2 h-px bg-line" />
      <span className="absolute inset-y-0 w-px bg-ink-3" style={{ left: place(0) }} />
      {interval && (
        <span
          className={`absolute top-1/2 h-1 -translate-y-1/2 rounded-full opacity-60 ${colour}`}
          style={{ left: place(interval.low), width: `calc(${place(interval.high)} - ${place(interval.low)})` }}
        />
      )}
      {value !== null && <span className={`absolute top-1/2 size-2.5 -translate-x-1/2 -translate-y-1/2 rounded-full ${colour}`} style={{ left: place(value) }} />}
    </span>
  );
}

/** A scale that holds all of these and zero, with room at its ends. */
export function scaleOf(values: readonly number[]): { from: number; to: number } {
  const from = Math.min(0, ...values);
  const to = Math.max(0, ...values);
  const room = (to - from) * 0.1 || 1;
  return { from: from - room, to: to + room };
}
