import type { AnalyticsQuery } from '../../api/types';
import type { IconName } from '../../components/Icon';
import { PeriodPage } from '../../components/PeriodPage';
import { pickFrom } from '../../components/query';
import { StatCard } from '../../components/StatCard';
import { tableStat, type ShownMetric } from '../../components/tableParts';
import { usualBucket } from '../../lib/buckets';
import { useLive } from '../../live/LiveProvider';
import { periodQuery, useDays } from '../../live/useDays';
import { useTimeTable } from '../../live/useTimeTable';
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

interface Figure extends ShownMetric {
  title: string;
  icon: IconName;
}

const figures: readonly Figure[] = [
  { metric: 'active_customers', title: 'Active customers', icon: 'customers', detail: 'with an order that stands', unit: 'count' },
  { metric: 'new_customers', title: 'New customers', icon: 'plus', detail: 'with their first order ever', unit: 'count' },
  { metric: 'returning_customers', title: 'Returning customers', icon: 'refresh', detail: 'who had bought before', unit: 'count' },
  { metric: 'repeat_rate', title: 'Repeat rate', icon: 'ranking', detail: 'of the active bought more than once', unit: 'percent' },
];

/** Who buys: how many, how many again, who most, and who is about to stay away. */
export default function Customers() {
  const days = useDays();
  const { paused } = useLive();
  const bucket = days.bounds ? usualBucket(days.bounds.from, days.bounds.to) : 'day';
  const { question, table, outdated } = useTimeTable(metrics, bucket, days);
  return (
    <PeriodPage title="Customers" query={periodQuery(days)} paused={paused} outdated={outdated}>
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {figures.map((kind) => (
          <StatCard key={kind.metric} title={kind.title} icon={kind.icon} query={pickFrom(table, (data) => tableStat(kind, data))} />
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
