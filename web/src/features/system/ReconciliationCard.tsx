import { toApiError } from '../../api/errors';
import { useShop } from '../../api/queries';
import type { Reconciliation } from '../../api/types';
import { Card, CardBody } from '../../components/Card';
import { DataTable, type Column } from '../../components/DataTable';
import { Icon } from '../../components/Icon';
import type { CardQuery } from '../../components/query';
import { StateLabel } from '../../components/StateLabel';
import { clock, count, dayLong, money, moment, plural } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';
import { RebuildControl } from './RebuildControl';

type Side = Reconciliation['ledger'];

// The server goes through all orders for it.
const everyMs = 30_000;

/** The books of orders held against the figures of analytics, to the cent. */
export function ReconciliationCard() {
  const shop = useShop();
  const answer = useLiveRead<Reconciliation>('/analytics/reconciliation', {}, { pace: everyMs });
  // Without the shop's currency no amount can be shown.
  const query: CardQuery<Reconciliation> = shop.data === undefined ? { ...shop, data: undefined } : answer;
  return (
    <Card
      title="Ledger and analytics"
      icon="balance"
      actions={
        <button
          type="button"
          className="button"
          title="While no order comes in, an answer is good for a minute and given again."
          disabled={answer.isFetching}
          onClick={() => void answer.refetch()}
        >
          <Icon name="refresh" className={answer.isFetching ? 'size-4 spinning' : 'size-4'} />
          Compare again
        </button>
      }
    >
      <CardBody query={query} skeleton={<div className="skeleton h-44 w-full" />}>
        {(data) => shop.data && <Compared data={data} currency={shop.data.currency} timeZone={shop.data.time_zone} />}
      </CardBody>
      {query.data === undefined && <RebuildControl offered={false} />}
      {query.data !== undefined && query.error !== null && (
        <p role="status" className="mt-3 text-[0.8125rem] text-warn">It could not be compared again: {toApiError(query.error).message}</p>
      )}
    </Card>
  );
}

function Compared({ data, currency, timeZone }: { data: Reconciliation; currency: string; timeZone: string }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.6fr)]">
      <div>
        <p className={`figure flex items-center gap-3 text-2xl leading-tight font-semibold tracking-tight ${data.equal ? '' : 'text-bad'}`}>
          <span className={`grid size-9 shrink-0 place-items-center rounded-xl ${data.equal ? 'bg-good-soft text-good' : 'bg-bad-soft text-bad'}`}>
            <Icon name={data.equal ? 'confirmed' : 'warning'} className="size-5" />
          </span>
          <span>
            Ledger {data.equal ? '=' : '≠'} analytics, difference <span className="whitespace-nowrap">{money(data.difference, currency)}</span>
          </span>
        </p>
        <p className="mt-3 text-[0.8125rem] leading-relaxed text-ink-2">
          Compared at <time dateTime={data.checked_at} title={moment(data.checked_at, timeZone)}>{clock(data.checked_at, timeZone)}</time>, as of
          position {count(data.position)} of the event log, over {plural(data.days_compared, 'day')}. It took {count(data.took_ms)} ms.
        </p>
        {data.dead_letters > 0 && (
          <p className="mt-2 text-[0.8125rem] leading-relaxed text-warn">
            {plural(data.dead_letters, 'event')} could not be added up, which is the usual reason for a difference: mend what the dead
            letters below say before anything else.
          </p>
        )}
        <RebuildControl offered={!data.equal} />
      </div>
      <Sides data={data} currency={currency} />
      {/* Amounts are compared by the day, orders and units in all. */}
      {data.differing_days.length > 0 && <Differing data={data} currency={currency} />}
    </div>
  );
}

function Sides({ data, currency }: { data: Reconciliation; currency: string }) {
  const amount = (value: number) => money(value, currency);
  const figures: { name: string; of: (side: Side) => string }[] = [
    { name: 'Gross revenue', of: (side) => amount(side.gross_revenue) },
    { name: 'Cancelled revenue', of: (side) => amount(side.cancelled_revenue) },
    { name: 'Net revenue', of: (side) => amount(side.total_revenue) },
    { name: 'Orders placed', of: (side) => count(side.placed_orders) },
    { name: 'Orders cancelled', of: (side) => count(side.cancelled_orders) },
    { name: 'Units ordered', of: (side) => count(side.placed_units) },
    { name: 'Units given back', of: (side) => count(side.cancelled_units) },
  ];
  const rows = figures.map(({ name, of }) => ({ name, ledger: of(data.ledger), analytics: of(data.analytics) }));
  const differs = ({ ledger, analytics }: (typeof rows)[number]) => ledger !== analytics;
  const column = (key: 'ledger' | 'analytics', head: string): Column<(typeof rows)[number]> => ({
    key,
    head,
    align: 'right',
    cell: (row) => <span className={`font-medium ${differs(row) ? 'text-bad' : ''}`}>{row[key]}</span>,
  });
  return (
    <DataTable
      caption="Both sides of the comparison"
      columns={[
        {
          key: 'figure',
          head: 'Figure',
          cell: (row) => (
            <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
              {row.name}
              {differs(row) && <StateLabel state="bad">differs</StateLabel>}
            </span>
          ),
        },
        column('ledger', 'Ledger'),
        column('analytics', 'Analytics'),
      ]}
      rows={rows}
      rowKey={({ name }) => name}
    />
  );
}

function Differing({ data: { differing_days: days }, currency }: { data: Reconciliation; currency: string }) {
  const amount = (value: number) => money(value, currency);
  return (
    <div className="lg:col-span-2">
      <p className="mb-2 text-[0.8125rem] font-medium">{plural(days.length, 'day differs', 'days differ')}:</p>
      <DataTable
        caption="Days on which ledger and analytics differ"
        columns={[
          { key: 'date', head: 'Day', hint: 'A day of UTC.', className: 'whitespace-nowrap', cell: ({ date }) => dayLong(date) },
          { key: 'ledger', head: 'Ledger, gross', align: 'right', cell: ({ ledger }) => amount(ledger.gross_revenue) },
          { key: 'analytics', head: 'Analytics, gross', align: 'right', cell: ({ analytics }) => amount(analytics.gross_revenue) },
          { key: 'ledgerCancelled', head: 'Ledger, cancelled', align: 'right', cell: ({ ledger }) => amount(ledger.cancelled_revenue) },
          { key: 'analyticsCancelled', head: 'Analytics, cancelled', align: 'right', cell: ({ analytics }) => amount(analytics.cancelled_revenue) },
        ]}
        rows={days}
        rowKey={({ date }) => date}
        maxHeight="max-h-64"
      />
    </div>
  );
}
