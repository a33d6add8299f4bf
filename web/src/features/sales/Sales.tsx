import type { AnalyticsQuery } from '../../api/types';
import type { IconName } from '../../components/Icon';
import { PeriodPage } from '../../components/PeriodPage';
import { pickFrom } from '../../components/query';
import { StatCard, type Better } from '../../components/StatCard';
import { tableStat, type ShownMetric } from '../../components/tableParts';
import { useSearchChoice } from '../../lib/address';
import { bucketFor, buckets, type Bucket } from '../../lib/buckets';
import { useLive } from '../../live/LiveProvider';
import { periodQuery, useDays } from '../../live/useDays';
import { useTimeTable } from '../../live/useTimeTable';
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

interface Figure extends ShownMetric {
  title: string;
  icon: IconName;
  better?: Better;
}

const figures: readonly Figure[] = [
  { metric: 'net_revenue', title: 'Net revenue', icon: 'revenue', unit: 'amount', detail: 'gross less cancelled' },
  { metric: 'gross_revenue', title: 'Gross revenue', icon: 'chart', unit: 'amount', detail: 'everything ordered' },
  { metric: 'cancelled_revenue', title: 'Cancelled', icon: 'cancelled', unit: 'amount', detail: 'taken back in these days', better: 'less' },
  { metric: 'orders', title: 'Orders', icon: 'orders', unit: 'count', detail: 'placed and not cancelled' },
];

const choices = ['auto', ...buckets] as const;

/** Sales over time, by what is sold, by hour of the week, and what is to be expected. */
export default function Sales() {
  const days = useDays();
  const { paused } = useLive();
  const [chosen, setChosen] = useSearchChoice<Bucket | 'auto'>('by', choices);
  const bucket = days.bounds ? bucketFor(chosen, days.bounds.from, days.bounds.to) : chosen === 'auto' ? 'day' : chosen;
  const { question, table, outdated } = useTimeTable(metrics, bucket, days);
  return (
    <PeriodPage title="Sales" query={periodQuery(days)} paused={paused} outdated={outdated}>
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {figures.map((kind) => (
          <StatCard
            key={kind.metric}
            title={kind.title}
            icon={kind.icon}
            {...(kind.better ? { better: kind.better } : {})}
            query={pickFrom(table, (data) => tableStat(kind, data))}
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
