import { useDashboard } from '../../api/queries';
import type { Dashboard } from '../../api/types';
import { AIRecommendations } from '../../components/AIRecommendations';
import { OrderFeed, type Feed } from '../../components/OrderFeed';
import { OrderStatus } from '../../components/OrderStatus';
import { PeriodPage } from '../../components/PeriodPage';
import { pickFrom, type CardQuery } from '../../components/query';
import { SalesChart } from '../../components/SalesChart';
import { StatCard } from '../../components/StatCard';
import { TopProducts } from '../../components/TopProducts';
import { mergeFeed } from '../../live/feed';
import { useLive } from '../../live/LiveProvider';
import { usePeriod } from '../../period/usePeriod';
import { statKinds, toStat } from './stats';

export function Overview() {
  const { compare, params, error, retry, isRetrying, show } = usePeriod();
  const live = useLive();
  const compared = compare !== 'off';
  const dashboard = useDashboard(params, live);
  // Its days can't be told without the shop's time zone, so its failure is the figures' failure, and asking again asks for it.
  const query: CardQuery<Dashboard> = params === null ? { data: undefined, error, isFetching: isRetrying, refetch: retry } : dashboard;
  const feed = pickFrom(query, ({ recent_orders: recent, period }): Feed => ({
    entries: mergeFeed(recent, live.arrived),
    timeZone: period.time_zone,
  }));

  return (
    <PeriodPage title="Overview" query={query} paused={live.paused} outdated={dashboard.isPlaceholderData}>
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
        {statKinds.map((kind) => (
          <StatCard
            key={kind.figure}
            title={kind.title}
            icon={kind.icon}
            query={pickFrom(query, (data) => toStat(kind, data, compared))}
          />
        ))}
      </div>
      <div className="mt-4 grid gap-4 xl:grid-cols-3">
        <SalesChart query={query} compare={compared} onCompareChange={(on) => show({ compare: on ? 'period' : 'off' })} />
        <OrderStatus query={query} />
      </div>
      <div className="mt-4 grid gap-4 lg:grid-cols-2 xl:grid-cols-3">
        <TopProducts query={query} />
        <AIRecommendations live={live} />
        <div className="flex flex-col lg:max-xl:col-span-2 *:grow">
          <OrderFeed query={feed} />
        </div>
      </div>
    </PeriodPage>
  );
}
