import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { useDashboard, useShop } from '../../api/queries';
import type { Dashboard, Period } from '../../api/types';
import { AIRecommendations } from '../../components/AIRecommendations';
import type { CardQuery } from '../../components/Card';
import { Header } from '../../components/Header';
import { HelpDialog } from '../../components/HelpDialog';
import { Icon } from '../../components/Icon';
import { LivePill } from '../../components/LivePill';
import { OrderFeed, type Feed } from '../../components/OrderFeed';
import { OrderStatus } from '../../components/OrderStatus';
import { RangePicker } from '../../components/RangePicker';
import { SalesChart } from '../../components/SalesChart';
import { StatCard } from '../../components/StatCard';
import { TopProducts } from '../../components/TopProducts';
import { setSearch, useSearch } from '../../lib/address';
import { clock, dayRange, dayRangeShort, moment, zoneLabel } from '../../lib/format';
import { useNow } from '../../lib/useNow';
import { useOnline } from '../../lib/useOnline';
import { useShortcuts } from '../../lib/useShortcuts';
import type { Session } from '../../session/session';
import { mergeFeed } from './feed';
import { liveness } from './liveness';
import { rangeParams, readView, writeView, type View } from './range';
import { statKinds, toStat } from './stats';
import { useLive } from './useLive';
import { useToday } from './useToday';

const pollEveryMs = 30_000;

/** The same query with its data seen through `pick`. */
function pickFrom<T, U>(query: CardQuery<T>, pick: (data: T) => U): CardQuery<U> {
  return {
    data: query.data === undefined ? undefined : pick(query.data),
    error: query.error,
    isFetching: query.isFetching,
    refetch: query.refetch,
  };
}

export function Overview({ account }: { account: Session }) {
  const search = useSearch();
  const view = useMemo(() => readView(search), [search]);
  const show = (change: Partial<View>) => setSearch(writeView({ ...view, ...change }));

  const shop = useShop();
  const today = useToday(shop.data?.time_zone ?? null);
  // Only presets that end today need to know what day it is.
  const needsToday = view.range.kind === 'today' || view.range.kind === '30d';
  const params = useMemo(
    () => (needsToday && today === null ? null : rangeParams(view.range, today ?? '')),
    [needsToday, today, view.range],
  );

  const [paused, setPaused] = useState(false);
  const [helping, setHelping] = useState(false);
  const live = useLive(params, !paused);
  const polling = live.status !== 'live' && live.status !== 'connecting';
  const dashboard = useDashboard(params, { every: !paused && polling ? pollEveryMs : false });
  // Its days can't be told without the shop's time zone, so its failure is the figures' failure.
  const query: CardQuery<Dashboard> =
    params === null ? { data: undefined, error: shop.error, isFetching: shop.isFetching, refetch: shop.refetch } : dashboard;

  const client = useQueryClient();
  const refresh = () => void client.invalidateQueries();

  useShortcuts({
    d: () => show({ range: { kind: 'today' } }),
    w: () => show({ range: { kind: '7d' } }),
    m: () => show({ range: { kind: '30d' } }),
    x: () => show({ compare: !view.compare }),
    r: refresh,
    '?': () => setHelping(true),
  });

  const period = query.data?.period ?? null;
  const timeZone = period?.time_zone ?? shop.data?.time_zone ?? null;
  useEffect(() => {
    document.title = period ? `Overview · ${period.shop_name}` : 'Overview · CloudCart';
  }, [period]);

  const knownAt = Math.max(dashboard.isPlaceholderData ? 0 : dashboard.dataUpdatedAt, live.heardAt);
  const feed = pickFrom(query, ({ recent_orders: recent, period: { time_zone: zone } }): Feed => ({
    entries: mergeFeed(recent, live.arrived),
    timeZone: zone,
  }));

  return (
    <>
      <Header account={account}>
        <Freshness
          paused={paused}
          stream={live.status}
          failing={dashboard.isError || dashboard.failureCount > 0}
          behind={query.data?.freshness.events_behind ?? 0}
          knownAt={knownAt}
          timeZone={timeZone}
        />
        <button
          type="button"
          className="button button-icon"
          aria-label={paused ? 'Go on' : 'Pause'}
          title={paused ? 'Go on' : 'Pause'}
          onClick={() => setPaused(!paused)}
        >
          <Icon name={paused ? 'play' : 'pause'} />
        </button>
        <RefreshButton onClick={refresh} />
        <button
          type="button"
          className="button button-icon max-sm:hidden"
          aria-label="Keyboard help"
          title="Keyboard help"
          aria-keyshortcuts="?"
          onClick={() => setHelping(true)}
        >
          <Icon name="help" />
        </button>
      </Header>
      <main className="mx-auto max-w-[124rem] px-4 py-5 sm:px-6 sm:py-7">
        <div className="mb-5 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
          <Title period={period} compare={view.compare} loading={query.error === null} />
          <div className="flex flex-wrap items-center gap-2">
            <button
              type="button"
              className={`button ${view.compare ? 'border-accent/40! text-accent!' : ''}`}
              aria-pressed={view.compare}
              aria-keyshortcuts="x"
              onClick={() => show({ compare: !view.compare })}
            >
              <Icon name="compare" className="size-4 max-xs:hidden" />
              Compare
            </button>
            <RangePicker range={view.range} shown={period} timeZone={timeZone} onChange={(range) => show({ range })} />
          </div>
        </div>
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
        <div aria-busy={dashboard.isPlaceholderData} className={dashboard.isPlaceholderData ? 'opacity-60 transition-opacity' : 'transition-opacity'}>
          <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-4">
            {statKinds.map((kind) => (
              <StatCard
                key={kind.figure}
                title={kind.title}
                icon={kind.icon}
                query={pickFrom(query, (data) => toStat(kind, data, view.compare))}
              />
            ))}
          </div>
          <div className="mt-4 grid gap-4 xl:grid-cols-3">
            <SalesChart query={query} compare={view.compare} onCompareChange={(compare) => show({ compare })} />
            <OrderStatus query={query} />
          </div>
          <div className="mt-4 grid gap-4 lg:grid-cols-2 xl:grid-cols-3">
            <TopProducts query={query} />
            <AIRecommendations live={{ every: paused ? false : pollEveryMs }} timeZone={timeZone ?? 'UTC'} />
            <div className="flex flex-col lg:max-xl:col-span-2 *:grow">
              <OrderFeed query={feed} />
            </div>
          </div>
        </div>
      </main>
      {helping && <HelpDialog onClose={() => setHelping(false)} />}
    </>
  );
}

function Title({ period, compare, loading }: { period: Period | null; compare: boolean; loading: boolean }) {
  return (
    <div className="min-w-0">
      <h1 className="text-2xl font-semibold tracking-tight">Overview</h1>
      {period ? (
        <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-[0.8125rem] text-ink-2">
          <span className="font-medium text-ink">{dayRange(period.from, period.to)}</span>
          {period.incomplete && (
            <span className="rounded-md bg-warn-soft px-1.5 py-0.5 text-xs font-medium text-warn">not over yet</span>
          )}
          {compare && <span>compared with {dayRangeShort(period.previous_from, period.previous_to)}</span>}
          <span className="text-ink-3">{zoneLabel(period.time_zone, Date.parse(period.to))}</span>
        </p>
      ) : (
        <div className={`mt-2 h-4 w-64 max-w-full ${loading ? 'skeleton' : ''}`} />
      )}
    </div>
  );
}

interface FreshnessProps {
  paused: boolean;
  stream: Parameters<typeof liveness>[0]['stream'];
  failing: boolean;
  behind: number;
  knownAt: number;
  timeZone: string | null;
}

function Freshness({ paused, stream, failing, behind, knownAt, timeZone }: FreshnessProps) {
  const now = useNow(5_000);
  const online = useOnline();
  const age = knownAt > 0 ? now - knownAt : null;
  return (
    <>
      {knownAt > 0 && timeZone !== null && (
        <span className="figure text-xs whitespace-nowrap text-ink-3 max-sm:-order-1 max-sm:mr-auto">
          as of{' '}
          <time dateTime={new Date(knownAt).toISOString()} title={moment(knownAt, timeZone)}>
            {clock(knownAt, timeZone)}
          </time>
        </span>
      )}
      <span className="inline-flex max-sm:-order-2">
        <LivePill state={liveness({ paused, online, stream, failing, age })} behind={behind} />
      </span>
    </>
  );
}

function RefreshButton({ onClick }: { onClick: () => void }) {
  const busy = useIsFetching() > 0;
  return (
    <button
      type="button"
      className="button button-icon"
      aria-label="Refresh"
      title="Refresh"
      aria-keyshortcuts="r"
      onClick={onClick}
    >
      <Icon name="refresh" className={busy ? 'size-4 spinning' : 'size-4'} />
    </button>
  );
}

function Notice({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="card mb-4 flex items-start gap-3 px-4 py-3 text-[0.8125rem] leading-relaxed text-ink-2">
      <Icon name="info" className="mt-0.5 size-4 text-warn" />
      <span>{children}</span>
    </p>
  );
}
