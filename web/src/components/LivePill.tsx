import type { Liveness } from '../live/liveness';

interface LivePillProps {
  state: Liveness;
  /** Events that the server has not counted yet. */
  behind: number;
}

const words: Record<Liveness, { label: string; says: string }> = {
  connecting: { label: 'Connecting', says: 'Asking the server for live figures.' },
  live: { label: 'Live', says: 'Figures change the moment something happens in the shop.' },
  reconnecting: { label: 'Reconnecting', says: 'The live connection was cut; it is being made again.' },
  polling: { label: 'Every 30 s', says: 'Live figures can’t be had at the moment; the page asks every 30 seconds.' },
  stale: { label: 'Stale', says: 'The server doesn’t answer; the figures shown are old.' },
  offline: { label: 'Offline', says: 'This device has no network; the figures shown are old.' },
  paused: { label: 'Paused', says: 'The figures stand still until you go on.' },
};

const tones: Record<Liveness, string> = {
  connecting: 'text-ink-2 bg-fill',
  live: 'text-good bg-good-soft',
  reconnecting: 'text-warn bg-warn-soft',
  polling: 'text-warn bg-warn-soft',
  stale: 'text-bad bg-bad-soft',
  offline: 'text-bad bg-bad-soft',
  paused: 'text-ink-2 bg-fill',
};

export function LivePill({ state, behind }: LivePillProps) {
  const { label, says } = words[state];
  const late = state === 'live' && behind > 0;
  return (
    <span
      role="status"
      title={says}
      className={`inline-flex min-h-7 items-center gap-2 rounded-full px-2.5 text-xs font-semibold whitespace-nowrap ${tones[state]}`}
    >
      <span
        aria-hidden="true"
        className={`size-2 rounded-full ${state === 'live' ? 'live-dot bg-current' : state === 'paused' ? 'border-2 border-current' : 'bg-current'}`}
      />
      {label}
      {late && <span className="figure font-normal">{behind} behind</span>}
      <span className="sr-only">. {says}</span>
    </span>
  );
}
