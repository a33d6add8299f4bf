import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { nameOf, useAccounts } from '../../api/accounts';
import { get } from '../../api/client';
import { useShop } from '../../api/queries';
import type { Account, Stock, StockMovement } from '../../api/types';
import { Card, CardBody } from '../../components/Card';
import { DataTable, type Column } from '../../components/DataTable';
import { Icon } from '../../components/Icon';
import { pickFrom } from '../../components/query';
import { addressOf, useSearch } from '../../lib/address';
import { count, moment, plural, signedCount, shortId } from '../../lib/format';
import { useLive } from '../../live/LiveProvider';
import { StockForm } from './StockForm';

const pageSize = 20;

/** Where the units of a product are and how they got there, newest first, read on as far as wanted. */
function useStock(id: string) {
  const { every } = useLive();
  return useInfiniteQuery({
    queryKey: ['stock', id],
    queryFn: ({ pageParam, signal }) =>
      get<Stock>(`/products/${id}/stock`, { params: { limit: pageSize, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next_cursor: next }) => next,
    placeholderData: keepPreviousData,
    meta: { live: true },
    refetchInterval: every,
  });
}

/** For staff: the ledger of a product's stock, and a way to correct it. */
export function StockCard({ id }: { id: string }) {
  const stock = useStock(id);
  const shop = useShop();
  const [correcting, setCorrecting] = useState(false);
  const query = pickFrom(stock, ({ pages }) => ({ first: pages[0], movements: pages.flatMap(({ movements }) => movements) }));
  const people = useAccounts(query.data?.movements.flatMap(({ actor }) => actor ?? []) ?? [], true);
  return (
    <Card
      title="Stock"
      icon="box"
      className="xl:row-span-2"
      actions={
        <button type="button" className="button" aria-expanded={correcting} onClick={() => setCorrecting(!correcting)}>
          <Icon name="balance" />
          Correct
        </button>
      }
    >
      <CardBody query={query} skeleton={<div className="skeleton h-56 w-full" />}>
        {({ first, movements }) =>
          first && (
            <>
              <Figures stock={first} />
              {correcting && <StockForm id={id} available={first.available} onDone={() => setCorrecting(false)} />}
              <Movements movements={movements} people={people} timeZone={shop.data?.time_zone ?? 'UTC'} />
              <div className="mt-2 flex flex-wrap items-center justify-between gap-2 text-xs text-ink-3">
                <span>
                  {movements.length < first.pagination.total
                    ? `The newest ${count(movements.length)} of ${plural(first.pagination.total, 'movement')}`
                    : plural(first.pagination.total, 'movement')}
                </span>
                {stock.hasNextPage && (
                  <button type="button" className="button" disabled={stock.isFetchingNextPage} onClick={() => void stock.fetchNextPage()}>
                    Older ones
                  </button>
                )}
              </div>
            </>
          )
        }
      </CardBody>
    </Card>
  );
}

function Figures({ stock }: { stock: Stock }) {
  const figures: [string, number, string][] = [
    ['Available', stock.available, 'What can be ordered now.'],
    ['Reserved', stock.reserved, 'Promised to orders that are not confirmed yet.'],
    ['Sold', stock.sold, 'Left the stock with confirmed orders.'],
  ];
  return (
    <dl className="mb-4 grid grid-cols-3 gap-2">
      {figures.map(([name, units, meaning]) => (
        <div key={name} title={meaning} className="rounded-xl bg-fill px-3 py-2">
          <dt className="text-xs text-ink-2">{name}</dt>
          <dd className="figure mt-0.5 text-lg font-semibold">{count(units)}</dd>
        </div>
      ))}
    </dl>
  );
}

const kinds: Record<StockMovement['kind'], { name: string; means: string }> = {
  initial: { name: 'First stock', means: 'What there was when the product was added.' },
  adjust: { name: 'Correction', means: 'Somebody corrected what is available.' },
  reserve: { name: 'Reserved', means: 'An order was placed: from available to reserved.' },
  sell: { name: 'Sold', means: 'The order was confirmed: from reserved to sold.' },
  release: { name: 'Released', means: 'The order was cancelled before it was confirmed: from reserved to available.' },
  take_back: { name: 'Taken back', means: 'A confirmed order was cancelled: from sold to available.' },
};

interface MovementsProps {
  movements: readonly StockMovement[];
  people: ReadonlyMap<string, Account>;
  timeZone: string;
}

function Movements({ movements, people, timeZone }: MovementsProps) {
  const columns: [Column<StockMovement>, ...Column<StockMovement>[]] = [
    {
      key: 'kind',
      head: 'What happened',
      className: 'min-w-28',
      cell: (row) => (
        <>
          <span title={kinds[row.kind].means}>{kinds[row.kind].name}</span>
          <Why movement={row} by={row.actor === null ? undefined : people.get(row.actor)} />
        </>
      ),
    },
    {
      key: 'when',
      head: 'When',
      cell: (row) => <time dateTime={row.occurred_at} className="text-ink-2">{moment(row.occurred_at, timeZone)}</time>,
    },
    {
      key: 'available',
      head: 'Available',
      hint: 'What it did to the units that can be ordered.',
      align: 'right',
      cell: ({ change }) => (
        <span title={`available ${signedCount(change.available)}, reserved ${signedCount(change.reserved)}, sold ${signedCount(change.sold)}`}>
          {change.available === 0 ? <span className="text-ink-3">–</span> : signedCount(change.available)}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      caption="Movements of its stock, newest first"
      columns={columns}
      rows={movements}
      rowKey={(row) => String(row.sequence)}
      maxHeight="max-h-[38rem]"
    />
  );
}

function Why({ movement: { reason, order_id: order }, by }: { movement: StockMovement; by: Account | undefined }) {
  const search = useSearch();
  return (
    <span className="block text-xs whitespace-normal text-ink-3">
      {order !== null && (
        <Link href={addressOf(`/orders/${order}`, search)} title={order} className="text-ink-2 underline decoration-line hover:text-accent">
          <code>{shortId(order)}</code>
        </Link>
      )}
      {reason !== null && <span className="wrap-anywhere">{reason}</span>}
      {by && <span title={by.email}>{reason === null ? '' : ' · '}{nameOf(by)}</span>}
    </span>
  );
}
