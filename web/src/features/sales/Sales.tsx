import { useMemo } from 'react';
import { figure, series } from '../../api/table';
import type { AnalyticsQuery, AnalyticsTable } from '../../api/types';
import type { IconName } from '../../components/Icon';
import { Money } from '../../components/Money';
import { PeriodPage } from '../../components/PeriodPage';
import { pickFrom } from '../../components/query';
import { StatCard, type Better, type Stat } from '../../components/StatCard';
import { useSearchChoice } from '../../lib/address';
import { buckets, usualBucket, type Bucket } from '../../lib/buckets';
import { count, dayRangeShort, money } from '../../lib/format';
import { useLive } from '../../live/LiveProvider';
import { useDays } from '../../live/useDays';
import { useLiveAsk } from '../../live/useLiveRead';
import { Categories } from './Categories';
import { ForecastCard } from './ForecastCard';
import { HeatMapCard } from './HeatMapCard';
import { SalesTrend } from './SalesTrend';

export const metrics = [
  'net_revenue',
  'gross_revenue',
  'cancelled_revenue',
  'orders',
  'average_order_value',
  'units',
  'active_customers',
] as const satisfies AnalyticsQuery['metrics'];
type Metric = (typeof metrics)[number];

interface Figure {
  metric: Metric;
  title: string;
  icon: IconName;
  isMoney: boolean;
  detail: string;
  better?: Better;
}

const figures: readonly Figure[] = [
  { metric: 'net_revenue', title: 'Net revenue', icon: 'revenue', isMoney: true, detail: 'gross less cancelled' },
  { metric: 'gross_revenue', title: 'Gross revenue', icon: 'chart', isMoney: true, detail: 'everything ordered' },
  { metric: 'cancelled_revenue', title: 'Cancelled', icon: 'cancelled', isMoney: true, detail: 'taken back in these days', better: 'less' },
  { metric: 'orders', title: 'Orders', icon: 'orders', isMoney: false, detail: 'placed and not cancelled' },
];

const choices = ['auto', ...buckets] as const;

/** Sales over time, by what is sold, by hour of the week, and what is to be expected. */
export default function Sales() {
  const days = useDays();
  const { paused } = useLive();
  const [chosen, setChosen] = useSearchChoice<Bucket | 'auto'>('by', choices);
  const bucket = bucketOf(chosen, days.bounds);
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
  // Without days nothing can be asked: why they can't be had is then why there are no figures.
  const table = question === null ? { ...answer, error: days.error, isFetching: days.isFetching, refetch: days.refetch } : answer;
  return (
    <PeriodPage title="Sales" query={{ ...days, data: days.period && { period: days.period } }} paused={paused} outdated={days.outdated || answer.isPlaceholderData}>
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {figures.map((kind) => (
          <StatCard
            key={kind.metric}
            title={kind.title}
            icon={kind.icon}
            {...(kind.better ? { better: kind.better } : {})}
            query={pickFrom(table, (data) => toStat(kind, data))}
          />
        ))}
      </div>
      <div className="mt-4">
        <SalesTrend table={table} question={question} bucket={bucket} onBucketChange={setChosen} />
      </div>
      <div className="mt-4 grid gap-4 xl:grid-cols-2">
        <Categories days={days} />
        <HeatMapCard days={days} />
      </div>
      <div className="mt-4">
        <ForecastCard />
      </div>
    </PeriodPage>
  );
}

function bucketOf(chosen: Bucket | 'auto', bounds: { from: string; to: string } | null): Bucket {
  if (!bounds) return chosen === 'auto' ? 'day' : chosen;
  const usual = usualBucket(bounds.from, bounds.to);
  return chosen === 'auto' ? usual : chosen;
}

function toStat({ metric, isMoney, detail }: Figure, table: AnalyticsTable): Stat {
  const { currency } = table.period;
  const show = (value: number | null) => (value === null ? '–' : isMoney ? money(value, currency) : count(value));
  const value = figure(table.totals, metric);
  return {
    value: isMoney && value !== null ? <Money amount={value} currency={currency} /> : show(value),
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
