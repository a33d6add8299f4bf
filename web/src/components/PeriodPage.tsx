import type { ReactNode } from 'react';
import type { Period } from '../api/types';
import { dayRange, dayRangeShort, zoneLabel } from '../lib/format';
import { usePeriod } from '../period/usePeriod';
import { ComparePicker } from './ComparePicker';
import { Notice } from './Notice';
import { Page } from './Page';
import { RangePicker } from './RangePicker';
import type { CardQuery } from './query';

interface PeriodPageProps {
  title: string;
  /** A query whose answer names the days that the view shows. */
  query: CardQuery<{ period: Period }>;
  /** Whether the view holds its figures against earlier ones. */
  comparable?: boolean;
  /** Whether the figures stand still on purpose. */
  paused?: boolean;
  /** Whether the answer to another question is still shown. */
  outdated?: boolean;
  actions?: ReactNode;
  children: ReactNode;
}

/** A view of the days that the address names, with the controls that change them. */
export function PeriodPage(props: PeriodPageProps) {
  const { title, query, comparable = true, paused = false, outdated = false, actions, children } = props;
  const { range, compare, show } = usePeriod();
  const period = query.data?.period ?? null;
  return (
    <Page
      title={title}
      lead={<Lead period={period} compare={comparable && compare !== 'off'} loading={query.error === null} />}
      actions={
        <>
          {actions}
          {comparable && <ComparePicker compare={compare} period={period} onChange={(chosen) => show({ compare: chosen })} />}
          <RangePicker range={range} shown={period} timeZone={period?.time_zone ?? null} onChange={(chosen) => show({ range: chosen })} />
        </>
      }
    >
      {period?.anchor === 'last_data' && (
        <Notice>
          There are no orders in the last {period.days} days. These are the last days that have data:{' '}
          <strong className="font-semibold text-ink">{dayRange(period.from, period.to)}</strong>.
        </Notice>
      )}
      {/* Said once; each card then offers its own way out. */}
      <p role="alert" className="sr-only">
        {query.data === undefined && query.error !== null && 'The figures could not be loaded.'}
      </p>
      {query.data !== undefined && query.error !== null && !paused && (
        <Notice>
          The figures could not be renewed{query.error instanceof Error ? `: ${query.error.message}` : '.'} Those below are the last
          ones that came.
        </Notice>
      )}
      <div aria-busy={outdated} className={outdated ? 'opacity-60 transition-opacity' : 'transition-opacity'}>
        {children}
      </div>
    </Page>
  );
}

function Lead({ period, compare, loading }: { period: Period | null; compare: boolean; loading: boolean }) {
  if (!period) return <div className={`mt-2 h-4 w-64 max-w-full ${loading ? 'skeleton' : ''}`} />;
  return (
    <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-[0.8125rem] text-ink-2">
      <span className="font-medium text-ink">{dayRange(period.from, period.to)}</span>
      {period.incomplete && (
        <span className="rounded-md bg-warn-soft px-1.5 py-0.5 text-xs font-medium text-warn">not over yet</span>
      )}
      {compare && <span>compared with {dayRangeShort(period.previous_from, period.previous_to, period.to)}</span>}
      <span className="text-ink-3">{zoneLabel(period.time_zone, Date.parse(period.to))}</span>
    </p>
  );
}
