import { useMemo } from 'react';
import { figure, series } from '../../api/table';
import type { AnalyticsQuery, AnalyticsTable } from '../../api/types';
import type { IconName } from '../../components/Icon';
import { Money } from '../../components/Money';
import { NoFigure } from '../../components/NoFigure';
import { PeriodPage } from '../../components/PeriodPage';
import { pickFrom } from '../../components/query';
import { StatCard, type Better, type Stat } from '../../components/StatCard';
import { useSearchChoice } from '../../lib/address';
import { bucketFor, buckets, type Bucket } from '../../lib/buckets';
import { count, dayRangeShort, money } from '../../lib/format';
import { useLive } from '../../live/LiveProvider';
import { afterDays, useDays } from '../../live/useDays';
import { useLiveAsk } from '../../live/useLiveRead';
import { Categories } from './Categories';
import { ForecastCard } from './ForecastCard';
import { HeatMapCard } from './HeatMapCard';
import { SalesTrend } from './SalesTrend';

const metrics = [
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
  const bucket = days.bounds ? bucketFor(chosen, days.bounds.from, days.bounds.to) : chosen === 'auto' ? 'day' : chosen;
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

function toStat({ metric, isMoney, detail }: Figure, table: AnalyticsTable): Stat {
  const { currency } = table.period;
  const show = (value: number | null) => (value === null ? '–' : isMoney ? money(value, currency) : count(value));
  const value = figure(table.totals, metric);
  return {
    value: value === null ? <NoFigure why="There is no figure for these days." /> : isMoney ? <Money amount={value} currency={currency} /> : show(value),
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
