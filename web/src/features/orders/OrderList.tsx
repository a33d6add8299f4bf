import { useMemo } from 'react';
import { Link } from 'wouter';
import { useAccounts } from '../../api/accounts';
import { useShop } from '../../api/queries';
import type { Order, Pagination } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { CustomerName } from '../../components/CustomerName';
import { DataTable, type Column } from '../../components/DataTable';
import { StatusLabel } from '../../components/OrderStatus';
import { Page } from '../../components/Page';
import { Pages } from '../../components/Pages';
import { changeSearch, useSearch } from '../../lib/address';
import { count, moment, money, shortId } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';
import { FilterBar } from './FilterBar';
import { isNarrowed, readFilters, toParams } from './filters';

interface OrdersAnswer {
  orders: Order[];
  pagination: Pagination;
}

export function OrderList() {
  const search = useSearch();
  const filters = useMemo(() => readFilters(search), [search]);
  const answer = useLiveRead<OrdersAnswer>('/orders', toParams(filters));
  return (
    <Page title="Orders" lead={<p className="mt-1 text-[0.8125rem] text-ink-2">Newest first; what arrives while you look appears by itself.</p>}>
      <FilterBar filters={filters} />
      <Card title={isNarrowed(filters) ? 'Orders that match' : 'All orders'} icon="orders">
        <CardBody query={answer} skeleton={<div className="skeleton h-[32rem] w-full" />}>
          {({ orders, pagination }) => (
            <div aria-busy={answer.isPlaceholderData} className={answer.isPlaceholderData ? 'opacity-60' : ''}>
              {orders.length === 0 ? <Nothing narrowed={isNarrowed(filters)} page={filters.page} /> : <OrdersTable orders={orders} />}
              <Pages pagination={pagination} of="orders" onChange={(page) => changeSearch({ page: page === 1 ? null : String(page) })} />
            </div>
          )}
        </CardBody>
      </Card>
    </Page>
  );
}

function Nothing({ narrowed, page }: { narrowed: boolean; page: number }) {
  if (page > 1) {
    return (
      <CardEmpty title="There are not so many pages">
        <button type="button" className="button mt-2" onClick={() => changeSearch({ page: null })}>Go to the first</button>
      </CardEmpty>
    );
  }
  return narrowed ? (
    <CardEmpty title="No order matches">
      Take a filter away, or{' '}
      <button
        type="button"
        className="text-accent underline"
        onClick={() => changeSearch({ status: null, customer: null, since: null, until: null, q: null })}
      >
        all of them
      </button>
      .
    </CardEmpty>
  ) : (
    <CardEmpty title="No orders yet">The first one appears here the moment it is placed.</CardEmpty>
  );
}

function OrdersTable({ orders }: { orders: readonly Order[] }) {
  const search = useSearch();
  const timeZone = useShop().data?.time_zone ?? 'UTC';
  const customers = useMemo(() => orders.flatMap(({ user_id: id }) => (id === null ? [] : [id])), [orders]);
  const accounts = useAccounts(customers, true);
  const text = search.toString();
  const columns: [Column<Order>, ...Column<Order>[]] = [
    {
      key: 'order',
      head: 'Order',
      className: 'whitespace-nowrap',
      cell: ({ id, kind }) => (
        <>
          <Link href={`/orders/${id}${text && `?${text}`}`} title={id} className="font-mono text-xs text-accent hover:underline">{shortId(id)}</Link>
          {kind === 'credit_note' && <span className="ml-2 text-xs text-ink-3">credit note</span>}
        </>
      ),
    },
    {
      key: 'when',
      head: 'Placed',
      cell: ({ created_at: at }) => <time dateTime={at}>{moment(at, timeZone)}</time>,
    },
    {
      key: 'customer',
      head: 'Customer',
      className: 'max-w-52 truncate',
      cell: ({ user_id: id }) =>
        id === null ? (
          <span className="text-ink-3">unknown</span>
        ) : (
          <button type="button" title="Only this customer’s orders" className="hover:underline" onClick={() => changeSearch({ customer: id, page: null })}>
            <CustomerName id={id} account={accounts.get(id)} />
          </button>
        ),
    },
    { key: 'status', head: 'Status', cell: ({ status }) => <StatusLabel status={status} /> },
    { key: 'units', head: 'Units', align: 'right', cell: ({ item_count: units }) => count(units) },
    {
      key: 'total',
      head: 'Total',
      align: 'right',
      cell: ({ total_amount: total, currency }) => <span className="font-medium">{money(Number(total), currency)}</span>,
    },
  ];
  return <DataTable caption="Orders, newest first" columns={columns} rows={orders} rowKey={({ id }) => id} maxHeight="max-h-none" />;
}
