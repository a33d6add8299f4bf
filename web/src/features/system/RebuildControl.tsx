import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { send } from '../../api/client';
import { toApiError } from '../../api/errors';
import type { Rebuild } from '../../api/types';
import { ConfirmDialog } from '../../components/Dialog';
import { Progress } from '../../components/Progress';
import { count, percent } from '../../lib/format';
import { toast } from '../../lib/toasts';
import { useLiveRead } from '../../live/useLiveRead';
import { useAccount } from '../../session/useAccount';

const path = '/analytics/rebuild';
const whileRunningMs = 500;

/** Builds all figures anew from the log; for administrators, and offered where it helps. Shows how far one is that runs. */
export function RebuildControl({ offered }: { offered: boolean }) {
  const admin = useAccount().role === 'admin';
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const state = useLiveRead<Rebuild>(path, {}, { everyWhile: ({ phase }) => (phase === 'running' ? whileRunningMs : null) });
  const rebuild = state.data;
  // A small shop's is over before it is seen to run.
  const finishedAt = rebuild?.finished_at;
  const before = useRef(finishedAt);
  useEffect(() => {
    const ended = before.current !== undefined && finishedAt != null && finishedAt !== before.current;
    before.current = finishedAt;
    if (!ended) return;
    toast('All figures are built anew.', 'good');
    // They may be others now, and the stream only tells of what happens in the shop.
    void client.invalidateQueries();
  }, [client, finishedAt]);
  const start = async () => {
    try {
      await send('POST', path, {});
      toast('All figures are being built anew.', 'good');
    } catch (error) {
      toast(toApiError(error).message, 'bad');
    }
    await client.invalidateQueries();
  };
  if (rebuild?.phase === 'running') {
    const share = rebuild.end === 0 ? null : rebuild.position / rebuild.end;
    return (
      <div className="mt-4">
        <Progress label="Building all figures anew" share={share} />
        <p className="figure mt-1.5 text-xs text-ink-2">
          {share !== null && `${percent(share * 100)}: `}position {count(rebuild.position)} of {count(rebuild.end)}
          {rebuild.trouble !== null && `, waits: ${rebuild.trouble}`}
        </p>
      </div>
    );
  }
  if (!offered) return null;
  return (
    <div className="mt-4 space-y-2 text-[0.8125rem] text-ink-2">
      <p>
        The ledger is right by definition. Build the figures anew from the event log: {admin ? 'here, or by' : 'ask an administrator, or run'}{' '}
        <code className="rounded bg-fill px-1 font-mono text-xs whitespace-nowrap">cloudcart analytics rebuild</code>
      </p>
      {admin && <button type="button" className="button button-primary" onClick={() => setAsking(true)}>Build anew</button>}
      {asking && (
        <ConfirmDialog title="Build all figures anew?" action="Build anew" refuse="Not now" onConfirm={() => void start()} onClose={() => setAsking(false)}>
          Questions are answered from the present figures until the new ones are complete. Nothing is lost.
        </ConfirmDialog>
      )}
    </div>
  );
}
