import { useMemo } from 'react';
import { figure, series } from '../../api/table';
import type { AnalyticsQuery, AnalyticsTable } from '../../api/types';
import type { IconName } from '../../components/Icon';
import { NoFigure } from '../../components/NoFigure';
import { PeriodPage } from '../../components/PeriodPage';
import { pickFrom } from '../../components/query';
import { StatCard, type Stat } from '../../components/StatCard';
import { usualBucket } from '../../lib/buckets';
import { count, dayRangeShort, percent } from '../../lib/format';
import { useLive } from '../../live/LiveProvider';
import { afterDays, useDays } from '../../live/useDays';
import { useLiveAsk } from '../../live/useLiveRead';
import { CohortsCard } from './CohortsCard';
import { MostActive } from './MostActive';
import { NewAndReturning } from './NewAndReturning';
import { SegmentsCard } from './SegmentsCard';

const metrics = [
  'active_customers',
  'new_customers',
  'returning_customers',
  'repeat_rate',
] as const satisfies AnalyticsQuery['metrics'];
type Metric = (typeof metrics)[number];

interface Figure {
  metric: Metric;
  title: string;
  icon: IconName;
  detail: string;
  isPercent?: boolean;
}

const figures: readonly Figure[] = [
  { metric: 'active_customers', title: 'Active customers', icon: 'customers', detail: 'with an order that stands' },
  { metric: 'new_customers', title: 'New customers', icon: 'plus', detail: 'with their first order ever' },
  { metric: 'returning_customers', title: 'Returning customers', icon: 'refresh', detail: 'who had bought before' },
  { metric: 'repeat_rate', title: 'Repeat rate', icon: 'ranking', detail: 'of the active bought more than once', isPercent: true },
];

/** Who buys: how many, how many again, who most, and who is about to stay away. */
export default function Customers() {
  const days = useDays();
  const { paused } = useLive();
  const bucket = days.bounds ? usualBucket(days.bounds.from, days.bounds.to) : 'day';
  const question = useMemo(
    (): AnalyticsQuery | null =>
      days.bounds && {
        metrics: [...metrics],
        dimensions: [bucket],
        ...days.bounds,
        ...(days.compare ? { compare: days.compare } : {}),
        limit: 10_000,
      },
    [days.bounds, days.compare, bucket],
  );
  const answer = useLiveAsk<AnalyticsTable>('/analytics/query', question);
  const table = afterDays(days, answer);
  return (
    <PeriodPage title="Customers" query={{ ...days, data: days.period && { period: days.period } }} paused={paused} outdated={days.outdated || answer.isPlaceholderData}>
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {figures.map((kind) => (
          <StatCard key={kind.metric} title={kind.title} icon={kind.icon} query={pickFrom(table, (data) => toStat(kind, data))} />
        ))}
      </div>
      <div className="mt-4 grid gap-4 xl:grid-cols-2">
        <NewAndReturning table={table} question={question} />
        <MostActive days={days} />
      </div>
      <div className="mt-4">
        <CohortsCard />
      </div>
      <div className="mt-4">
        <SegmentsCard />
      </div>
    </PeriodPage>
  );
}

function toStat({ metric, detail, isPercent = false }: Figure, table: AnalyticsTable): Stat {
  const show = (value: number | null) => (value === null ? '–' : isPercent ? percent(value) : count(value));
  const value = figure(table.totals, metric);
  return {
    value: value === null ? <NoFigure why="There is no figure for these days." /> : show(value),
    values: series(table, metric),
    previousValues: table.compared ? series(table, `compared_${metric}`) : [],
    detail,
    incomplete: table.rows.at(-1)?.['incomplete'] === true,
    comparison: table.compared && {
      change: figure(table.totals, `change_${metric}`),
      previous: show(figure(table.totals, `compared_${metric}`)),
      period: dayRangeShort(table.compared.from, table.compared.to, table.period.to),
    },
  };
}
