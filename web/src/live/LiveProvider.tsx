import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { keys, type LiveOptions } from '../api/queries';
import { LiveStream, type StreamStatus } from '../api/stream';
import type { AlertEvent, Dashboard, StreamOrder } from '../api/types';
import { throttleLatest } from '../lib/throttle';
import { usePeriod } from '../period/usePeriod';
import { session } from '../session/session';
import { withArrival } from './feed';
import { ReadWatch, type Reads } from './readWatch';

// Figures that change twenty times a second can't be read, and charts cost more to draw than to receive.
const overviewEveryMs = 120;
// What is no overview is asked for again when something has happened; a busy shop's page must not ask all the time.
const othersEveryMs = 2_000;
const pollEveryMs = 30_000;
const keptAlerts = 20;

export interface Live extends Reads, LiveOptions {
  status: StreamStatus;
  /** When the server was last heard, which is when the figures were last known to be right; 0 before. */
  heardAt: number;
  /** Orders that arrived while the page was open, newest first. */
  arrived: readonly StreamOrder[];
  /** Events that the server had not counted yet when it last told. */
  behind: number;
  /** What alerts said while the page was open, newest first. */
  alerts: readonly AlertEvent[];
  paused: boolean;
  setPaused: (paused: boolean) => void;
}

const LiveContext = createContext<Live | null>(null);

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLive needs a LiveProvider around it.');
  return live;
}

/**
 * Keeps what is on the screen current: the overview by the stream itself, queries whose `meta` says `live` by asking
 * again when the stream tells that something happened, everything by polling where there is no stream.
 */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { params } = usePeriod();
  const [paused, setPaused] = useState(false);
  const stream = useStream(params, !paused);
  const [watch] = useState(() => new ReadWatch(client));
  const reads = useSyncExternalStore(watch.subscribe, watch.get);
  const polling = stream.status !== 'live' && stream.status !== 'connecting';
  const every: number | false = !paused && polling ? pollEveryMs : false;
  const live = useMemo((): Live => ({ ...stream, ...reads, every, paused, setPaused }), [stream, reads, every, paused]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

type Position = Dashboard['freshness']['position'];

/** Whether a query follows the shop, and was answered from another state of it than this, as far as its answer tells. */
function isLiveAndElsewhere({ meta, state }: Query, reached: Position | null): boolean {
  if (meta?.['live'] !== true) return false;
  const position = (state.data as { freshness?: { position?: unknown } } | undefined)?.freshness?.position;
  return position === undefined || position !== reached;
}

/** How far the stream has told; not followed while the page is paused. */
interface News {
  reached: Position | null;
  followed: boolean;
}

// Those that are asked for again as soon as the answer is there that is under way.
const awaited = new WeakSet<Query>();

/**
 * Asks anew for what follows the shop and doesn't know of `position` yet. An answer that is under way is left to come: in
 * a busy shop a slow one never would if news cut it off. It may be older than they are, and is asked for once more then.
 */
function askAgain(client: QueryClient, position: Position | null, news: News): void {
  for (const query of client.getQueryCache().findAll({ predicate: (each) => isLiveAndElsewhere(each, position) })) {
    const ask = () => void client.invalidateQueries({ predicate: (other) => other === query });
    if (query.state.fetchStatus !== 'fetching') {
      ask();
    } else if (!awaited.has(query)) {
      awaited.add(query);
      const after = () => {
        awaited.delete(query);
        if (news.followed && isLiveAndElsewhere(query, news.reached)) ask();
      };
      void query.promise?.then(after, after);
    }
  }
}

type StreamState = Pick<Live, 'status' | 'heardAt' | 'arrived' | 'behind' | 'alerts'>;

function useStream(params: Record<string, string> | null, on: boolean): StreamState {
  const client = useQueryClient();
  const [status, setStatus] = useState<StreamStatus>('stopped');
  const [heardAt, setHeardAt] = useState(0);
  const [arrived, setArrived] = useState<readonly StreamOrder[]>([]);
  const [behind, setBehind] = useState(0);
  const [alerts, setAlerts] = useState<readonly AlertEvent[]>([]);
  const position = useRef<string | null>(null);
  const news = useRef<News>({ reached: null, followed: false });
  const query = useMemo(() => (params ? new URLSearchParams(params).toString() : null), [params]);

  useEffect(() => {
    if (!on || query === null) return;
    const key = keys.dashboard(Object.fromEntries(new URLSearchParams(query)));
    const following = news.current;
    following.followed = true;
    const overview = throttleLatest<Dashboard>(overviewEveryMs, (data) => client.setQueryData(key, data));
    const others = throttleLatest<Position | null>(othersEveryMs, (reached) => askAgain(client, reached, following));
    const stream = new LiveStream({
      url: `/api/analytics/stream${query && `?${query}`}`,
      token: () => session.token(),
      renew: (refused) => session.renew(refused),
      lastEventId: position.current,
      onStatus: setStatus,
      onEvent: (type, data) => {
        const now = Date.now();
        setHeardAt((before) => (now - before < 1_000 ? before : now));
        if (type === 'overview') {
          const dashboard = data as Dashboard;
          overview.push(dashboard);
          setBehind(dashboard.freshness.events_behind);
          if (dashboard.freshness.position !== following.reached) others.push(dashboard.freshness.position);
          following.reached = dashboard.freshness.position;
        }
        if (type === 'order') setArrived((before) => withArrival(before, data as StreamOrder));
        if (type === 'alert') {
          setAlerts((before) => [data as AlertEvent, ...before].slice(0, keptAlerts));
          others.push(null);
        }
      },
    });
    stream.start();
    return () => {
      following.followed = false;
      stream.stop();
      overview.cancel();
      others.cancel();
      position.current = stream.position;
    };
  }, [client, on, query]);

  return useMemo(() => ({ status, heardAt, arrived, behind, alerts }), [status, heardAt, arrived, behind, alerts]);
}
