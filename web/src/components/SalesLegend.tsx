import type { ReactNode } from 'react';
import type { Series } from './salesPoints';

const names: Record<Series, string> = { net: 'Net', gross: 'Gross', cancelled: 'Cancelled' };

interface SalesLegendProps {
  hidden: readonly Series[];
  onToggle: (series: Series) => void;
  /** The earlier days by name, and whether they are drawn. */
  before: string;
  compare: boolean;
  onCompareChange: (compare: boolean) => void;
}

/** Names the lines of a sales chart, and takes them out and in. */
export function SalesLegend({ hidden, onToggle, before, compare, onCompareChange }: SalesLegendProps) {
  return (
    <div role="group" aria-label="Lines in the chart" className="mb-2 flex flex-wrap gap-1.5">
      {(['net', 'gross', 'cancelled'] as const).map((series) => (
        <LegendButton key={series} shown={!hidden.includes(series)} onClick={() => onToggle(series)}>
          <Swatch kind={series} />
          {names[series]}
        </LegendButton>
      ))}
      <LegendButton shown={compare} onClick={() => onCompareChange(!compare)}>
        <Swatch kind="previous" />
        Net {before}
      </LegendButton>
    </div>
  );
}

interface LegendButtonProps {
  shown: boolean;
  onClick: () => void;
  children: ReactNode;
}

function LegendButton({ shown, onClick, children }: LegendButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={shown}
      onClick={onClick}
      className={`inline-flex min-h-7 items-center gap-2 rounded-full border px-2.5 text-xs hover:bg-fill ${
        shown ? 'border-line text-ink-2' : 'border-transparent text-ink-3 line-through'
      }`}
    >
      {children}
    </button>
  );
}

/** The same stroke as in the chart: told apart by shape, not by colour alone. */
function Swatch({ kind }: { kind: Series | 'previous' }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 18 8" className="h-2 w-4.5">
      {kind === 'cancelled' ? (
        <rect x="5" y="0" width="8" height="8" rx="2" fill="var(--plot-cancelled)" />
      ) : (
        <path
          d="M1 4h16"
          stroke={`var(--plot-${kind})`}
          strokeWidth={kind === 'net' ? 3 : 2}
          strokeLinecap="round"
          strokeDasharray={kind === 'previous' ? '3 3.5' : undefined}
        />
      )}
    </svg>
  );
}
