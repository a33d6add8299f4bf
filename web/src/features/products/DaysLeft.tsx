import { Icon } from '../../components/Icon';
import { count, plural } from '../../lib/format';

interface DaysLeftProps {
  /** Null where the stock is not known. */
  available: number | null;
  /** Null where nothing is sold by which it could be told. */
  daysLeft: number | null;
}

// A supplier seldom delivers sooner than in a week.
const soon = 7;

/** How long the stock lasts at the pace of the period, in words. */
export function DaysLeft({ available, daysLeft }: DaysLeftProps) {
  if (available === null) return <span className="text-ink-3" title="The stock is not known.">–</span>;
  if (available <= 0) {
    return (
      <span className="inline-flex items-center gap-1.5 rounded-md bg-bad-soft px-1.5 py-0.5 text-xs font-medium text-bad">
        <Icon name="cancelled" className="size-3.5" />
        sold out
      </span>
    );
  }
  if (daysLeft === null) return <span className="text-ink-3">no sales to tell by</span>;
  if (daysLeft < 1) return <Soon>less than a day</Soon>;
  if (daysLeft <= soon) return <Soon>{plural(Math.floor(daysLeft), 'day')}</Soon>;
  return <span className="text-ink-2">{count(Math.floor(daysLeft))} days</span>;
}

function Soon({ children }: { children: string }) {
  return (
    <span className="inline-flex items-center gap-1.5 rounded-md bg-warn-soft px-1.5 py-0.5 text-xs font-medium text-warn">
      <Icon name="warning" className="size-3.5" />
      {children}
    </span>
  );
}
