import type { StreamStatus } from '../api/stream';

export type Liveness = 'connecting' | 'live' | 'reconnecting' | 'polling' | 'stale' | 'offline' | 'paused';

export interface Signs {
  paused: boolean;
  online: boolean;
  stream: StreamStatus;
  /** The last read of the figures failed. */
  failing: boolean;
  /** Milliseconds since the figures were last known to be right; null when there are none. */
  age: number | null;
}

// Three polls missed.
export const staleAfterMs = 90_000;

/** What the pill says. A cut stream alone makes nothing stale: polling may well go on. */
export function liveness({ paused, online, stream, failing, age }: Signs): Liveness {
  if (paused) return 'paused';
  if (stream === 'live') return 'live';
  if (!online) return 'offline';
  if (age !== null && age > staleAfterMs) return 'stale';
  if (stream === 'unavailable') return failing ? 'stale' : 'polling';
  return stream === 'reconnecting' ? 'reconnecting' : 'connecting';
}
