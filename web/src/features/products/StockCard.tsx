import { useQueryClient } from '@tanstack/react-query';
import { useId, useState, type SyntheticEvent } from 'react';
import { send } from '../../api/client';
import { toApiError } from '../../api/errors';
import { useShop } from '../../api/queries';
import type { Stock, StockMovement } from '../../api/types';
import { Card, CardBody } from '../../components/Card';
import { DataTable } from '../../components/DataTable';
import { FormProblem } from '../../components/FormProblem';
import type { CardQuery } from '../../components/query';
import { newKey } from '../../lib/newKey';
import { count, moment, signedCount } from '../../lib/format';
import { toast } from '../../lib/toasts';

const kinds: Record<StockMovement['kind'], string> = {
  initial: 'First stock',
  adjust: 'Corrected',
  reserve: 'Reserved for an order',
  sell: 'Sold',
  release: 'Released again',
  take_back: 'Taken back',
};

/** Where the units of a product are, how they got there, and a way to correct what is available. */
export function StockCard({ id, query }: { id: string; query: CardQuery<Stock> }) {
  return (
    <Card title="Stock" icon="box">
      <CardBody query={query} skeleton={<div className="skeleton h-48 w-full" />}>
        {(stock) => (
          <div className="grid gap-6 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
            <Movements stock={stock} />
            <div>
              <dl className="figure mb-5 grid grid-cols-3 gap-3 text-[0.8125rem]">
                {([['Available', stock.available], ['Reserved', stock.reserved], ['Sold', stock.sold]] as const).map(([name, units]) => (
                  <div key={name}>
                    <dt className="text-xs text-ink-3">{name}</dt>
                    <dd className="mt-0.5 text-lg font-semibold">{count(units)}</dd>
                  </div>
                ))}
              </dl>
              <AdjustForm id={id} />
            </div>
          </div>
        )}
      </CardBody>
    </Card>
  );
}

function Movements({ stock }: { stock: Stock }) {
  const timeZone = useShop().data?.time_zone ?? 'UTC';
  return (
    <DataTable
      caption="What changed the stock, newest first"
      columns={[
        { key: 'when', head: 'When', className: 'whitespace-nowrap', cell: ({ occurred_at: at }) => <time dateTime={at}>{moment(at, timeZone)}</time> },
        { key: 'what', head: 'What', cell: ({ kind }) => kinds[kind] },
        { key: 'available', head: 'Available', align: 'right', cell: ({ change }) => signedCount(change.available) },
        { key: 'reserved', head: 'Reserved', align: 'right', cell: ({ change }) => signedCount(change.reserved) },
        { key: 'sold', head: 'Sold', align: 'right', cell: ({ change }) => signedCount(change.sold) },
        { key: 'why', head: 'Why', className: 'max-w-64 truncate', cell: ({ reason }) => <span title={reason ?? undefined}>{reason ?? '–'}</span> },
      ]}
      rows={stock.movements}
      rowKey={({ sequence }) => String(sequence)}
      maxHeight="max-h-72"
    />
  );
}

function AdjustForm({ id }: { id: string }) {
  const client = useQueryClient();
  const field = useId();
  const [units, setUnits] = useState('');
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  // One key for as long as the same is meant: pressed twice, or sent again after a cut, it counts once.
  const [key, setKey] = useState(() => newKey());

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await send('POST', `/products/${encodeURIComponent(id)}/stock`, { set_to: Number(units), reason: reason.trim() }, { headers: { 'Idempotency-Key': key } });
      toast('The stock is corrected.', 'good');
      setUnits('');
      setReason('');
      setKey(newKey());
      await client.invalidateQueries();
    } catch (error) {
      setProblem(toApiError(error));
      // An answer was had: the next try is another correction.
      if (toApiError(error).status !== 0) setKey(newKey());
    } finally {
      setBusy(false);
    }
  };

  return (
    <form noValidate className="space-y-3 border-t border-line pt-4" onSubmit={(event) => void submit(event)}>
      <p className="text-[0.8125rem] font-medium">Correct what is available</p>
      <div>
        <label htmlFor={`${field}-units`} className="mb-1 block text-xs text-ink-2">Units that are there</label>
        <input id={`${field}-units`} inputMode="numeric" required className="field" value={units} onChange={(event) => setUnits(event.target.value)} />
      </div>
      <div>
        <label htmlFor={`${field}-reason`} className="mb-1 block text-xs text-ink-2">Why</label>
        <input id={`${field}-reason`} required className="field" placeholder="Counted, delivered, damaged…" value={reason} onChange={(event) => setReason(event.target.value)} />
      </div>
      <FormProblem error={problem} />
      <button type="submit" className="button button-primary" disabled={busy || !/^\d+$/.test(units.trim()) || reason.trim() === ''}>
        {busy ? 'Saving…' : 'Save'}
      </button>
    </form>
  );
}
