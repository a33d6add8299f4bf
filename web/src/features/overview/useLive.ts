import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { keys, type DashboardParams } from '../../api/queries';
import { LiveStream, type StreamStatus } from '../../api/stream';
import type { Dashboard, StreamOrder } from '../../api/types';
import { throttleLatest } from '../../lib/throttle';
import { session } from '../../session/session';
import { withArrival } from './feed';

// Figures that change twenty times a second can't be read, and charts cost more to draw than to receive.
const overviewEveryMs = 120;

export interface Live {
  status: StreamStatus;
  /** When the server was last heard, which is when the figures were last known to be right; 0 before. */
  heardAt: number;
  /** Orders that arrived while the page was open, newest first. */
  arrived: readonly StreamOrder[];
}

/** Keeps the dashboard's figures current by the stream, for as long as `on`. */
export function useLive(params: DashboardParams | null, on: boolean): Live {
  const client = useQueryClient();
  const [status, setStatus] = useState<StreamStatus>('stopped');
  const [heardAt, setHeardAt] = useState(0);
  const [arrived, setArrived] = useState<readonly StreamOrder[]>([]);
  const position = useRef<string | null>(null);
  const query = useMemo(() => (params ? new URLSearchParams({ ...params }).toString() : null), [params]);

  useEffect(() => {
    if (!on || query === null) return;
    const key = keys.dashboard(Object.fromEntries(new URLSearchParams(query)));
    const overview = throttleLatest<Dashboard>(overviewEveryMs, (data) => client.setQueryData(key, data));
    const stream = new LiveStream({
      url: `/api/analytics/stream${query && `?${query}`}`,
      token: () => session.token(),
      renew: (refused) => session.renew(refused),
      lastEventId: position.current,
      onStatus: setStatus,
      onEvent: (type, data) => {
        // To the second is enough, and spares a busy shop's page from being drawn for nothing.
        const now = Date.now();
        setHeardAt((before) => (now - before < 1_000 ? before : now));
        if (type === 'overview') overview.push(data as Dashboard);
        if (type === 'order') setArrived((before) => withArrival(before, data as StreamOrder));
      },
    });
    stream.start();
    return () => {
      stream.stop();
      overview.cancel();
      position.current = stream.position;
    };
  }, [client, on, query]);

  return { status, heardAt, arrived };
}
