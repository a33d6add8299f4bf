import { useId, type ReactNode } from 'react';
import { signedPercent } from '../lib/format';
import { CardBody } from './Card';
import { Icon, type IconName } from './Icon';
import type { CardQuery } from './query';
import { Sparkline } from './Sparkline';

/** Which way is good news; nothing here says that more is always better. */
export type Better = 'more' | 'less';

export interface Comparison {
  /** Percent; null when there was nothing to compare with. */
  change: number | null;
  /** The earlier figure, formatted. */
  previous: string;
  /** The earlier period, by name: "10–16 Nov". */
  period: string;
}

export interface Stat {
  value: ReactNode;
  /** Null where there is no figure, which is not zero. */
  values: readonly (number | null)[];
  previousValues: readonly (number | null)[];
  detail: string;
  incomplete: boolean;
  comparison: Comparison | null;
}

interface StatCardProps {
  title: string;
  icon: IconName;
  better?: Better;
  query: CardQuery<Stat>;
}

export function StatCard({ title, icon, better = 'more', query }: StatCardProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="card flex min-w-0 flex-col p-4 sm:p-5">
      <h2 id={id} className="flex items-center gap-2 text-[0.8125rem] font-medium text-ink-2">
        <span className="grid size-7 place-items-center rounded-lg bg-accent-soft text-accent">
          <Icon name={icon} className="size-4" />
        </span>
        {title}
      </h2>
      <CardBody query={query} skeleton={<StatSkeleton />}>
        {(stat) => (
          <>
            {/* On a phone the line stands beside the figure, so that four cards don't fill three screens. */}
            <div className="mt-3 flex flex-wrap items-end justify-between gap-x-4 gap-y-2 sm:block">
              <div className="min-w-0">
                <p className="figure text-[1.5rem] leading-none font-semibold tracking-tight whitespace-nowrap xs:text-[1.7rem] sm:text-[1.85rem]">
                  {stat.value}
                </p>
                <p className="mt-1.5 text-xs text-ink-3">{stat.detail}</p>
              </div>
              {stat.values.length > 1 && (
                <div className="min-w-22 flex-1 sm:mt-3">
                  <Sparkline
                    values={stat.values}
                    previous={stat.comparison ? stat.previousValues : undefined}
                    incomplete={stat.incomplete}
                  />
                </div>
              )}
            </div>
            {stat.comparison && <ChangeLine {...stat.comparison} better={better} />}
          </>
        )}
      </CardBody>
    </section>
  );
}

function ChangeLine({ change, previous, period, better }: Comparison & { better: Better }) {
  return (
    <p className="mt-auto flex flex-wrap items-center gap-x-2 gap-y-1 pt-3 text-xs text-ink-2">
      <Change change={change} better={better} />
      <span>
        {change === null ? 'nothing in ' : 'vs '}
        <span className="whitespace-nowrap">{period}</span>
        {change !== null && <span className="whitespace-nowrap text-ink-3"> ({previous})</span>}
      </span>
    </p>
  );
}

/** A change in percent, told by sign, arrow and word; colour only says which way is good. */
export function Change({ change, better }: { change: number | null; better: Better }) {
  if (change === null) {
    return <span className="rounded-md bg-fill px-1.5 py-0.5 font-medium text-ink-2">no comparison</span>;
  }
  const good = change === 0 ? null : change > 0 === (better === 'more');
  const tone = good === null ? 'bg-fill text-ink-2' : good ? 'bg-good-soft text-good' : 'bg-bad-soft text-bad';
  return (
    <span className={`figure inline-flex items-center gap-1 rounded-md px-1.5 py-0.5 font-semibold ${tone}`}>
      <Icon name={change === 0 ? 'flat' : change > 0 ? 'up' : 'down'} className="size-3" />
      <span className="sr-only">{change === 0 ? 'unchanged' : change > 0 ? 'up' : 'down'}</span>
      {signedPercent(change)}
    </span>
  );
}

function StatSkeleton() {
  return (
    <>
      <div className="skeleton mt-3 h-8 w-3/5" />
      <div className="skeleton mt-2 h-3 w-2/5" />
      <div className="skeleton mt-4 h-9 w-full" />
      <div className="skeleton mt-3 h-4 w-1/2" />
    </>
  );
}
