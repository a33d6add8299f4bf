import { useEffect } from 'react';
import { Link } from 'wouter';
import { useAccounts } from '../../api/accounts';
import { useShop } from '../../api/queries';
import type { Account, Order, OrderList as OrderListData, Shop } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { CustomerName } from '../../components/CustomerName';
import { DataTable, type Column } from '../../components/DataTable';
import { Notice } from '../../components/Notice';
import { StatusLabel } from '../../components/OrderStatus';
import { Page } from '../../components/Page';
import { PageGone, Pager } from '../../components/Pager';
import { changeSearch, useSearch, withSearch } from '../../lib/address';
import { count, moment, money, plural, shortId, zoneLabel } from '../../lib/format';
import { useLive } from '../../live/LiveProvider';
import { useLiveRead } from '../../live/useLiveRead';
import { FilterBar } from './FilterBar';
import { isFiltered, noFilters, orderParams, writeFilters, type Filters } from './filters';
import { orderTotal } from './orderTotal';

export function OrderList({ filters }: { filters: Filters }) {
  const shop = useShop();
  const { paused } = useLive();
  const list = useLiveRead<OrderListData>('/orders', orderParams(filters));
  const people = useAccounts([...(list.data?.orders ?? []).flatMap(({ user_id: id }) => id ?? []), ...(filters.customer === null ? [] : [filters.customer])], true);
  return (
    <Page
      title="Orders"
      lead={
        <p className="mt-1 text-[0.8125rem] text-ink-2">
          Newest first{shop.data && <span className="text-ink-3"> · times in {zoneLabel(shop.data.time_zone, Date.now())}</span>}
        </p>
      }
    >
      {list.data !== undefined && list.error !== null && !paused && (
        <Notice icon="warning">The list could not be renewed: {list.error.message} Below are the last orders that came.</Notice>
      )}
      <FilterBar filters={filters} customer={filters.customer === null ? undefined : people.get(filters.customer)} />
      <Card title="Orders found" icon="orders">
        <CardBody query={list} skeleton={<Skeleton />}>
          {(data) => (
            <div aria-busy={list.isPlaceholderData} className={list.isPlaceholderData ? 'opacity-60 transition-opacity' : 'transition-opacity'}>
              <Found data={data} filters={filters} people={people} shop={shop.data} />
            </div>
          )}
        </CardBody>
      </Card>
    </Page>
  );
}

interface FoundProps {
  data: OrderListData;
  filters: Filters;
  people: ReadonlyMap<string, Account>;
  shop: Shop | undefined;
}

function Found({ data: { orders, pagination }, filters, people, shop }: FoundProps) {
  const search = useSearch();
  const { arrived } = useLive();
  useEffect(() => {
    // Back from an order: to the line that it was opened from.
    const { left } = (window.history.state ?? {}) as { left?: unknown };
    if (typeof left === 'string') document.getElementById(`order-${left}`)?.focus();
  }, []);
  const fresh = new Set(arrived.map(({ order_id: id }) => id));
  if (pagination.total === 0) return <Nothing filtered={isFiltered(filters)} />;
  const pager = (
    <Pager
      pagination={pagination}
      total={plural(pagination.total, 'order')}
      href={(page) => withSearch('/orders', search, writeFilters({ page }))}
    />
  );
  if (orders.length === 0) {
    return (
      <>
        <PageGone what="orders" pages={pagination.pages} />
        <div className="mt-4">{pager}</div>
      </>
    );
  }
  return (
    <>
      <DataTable
        caption={`Orders, page ${pagination.page ?? 1} of ${pagination.pages}, newest first`}
        columns={columnsFor(search, people, shop, fresh)}
        rows={orders}
        rowKey={({ id }) => id}
        rowClass={({ id }) => (fresh.has(id) ? 'arrived' : '')}
        maxHeight=""
      />
      <div className="mt-4">{pager}</div>
    </>
  );
}

function columnsFor(
  search: URLSearchParams,
  people: ReadonlyMap<string, Account>,
  shop: Shop | undefined,
  fresh: ReadonlySet<string>,
): [Column<Order>, ...Column<Order>[]] {
  return [
    {
      key: 'order',
      head: 'Order',
      className: 'whitespace-nowrap',
      cell: ({ id }) => (
        <span className="inline-flex items-center gap-2">
          <Link
            href={withSearch(`/orders/${id}`, search)}
            id={`order-${id}`}
            title={id}
            className="rounded text-accent hover:underline"
          >
            <code>{shortId(id)}</code>
          </Link>
          {fresh.has(id) && <span className="rounded bg-accent-soft px-1 py-px text-xs font-medium text-accent">new</span>}
        </span>
      ),
    },
    {
      key: 'status',
      head: 'Status',
      cell: ({ status, kind }) => <StatusLabel status={status} {...(kind === 'credit_note' ? { text: 'Credit note' } : {})} />,
    },
    {
      key: 'placed',
      head: 'Placed',
      cell: ({ created_at: at }) => <time dateTime={at}>{moment(at, shop?.time_zone ?? 'UTC')}</time>,
    },
    { key: 'customer', head: 'Customer', cell: ({ user_id: id }) => <Customer id={id} account={id === null ? undefined : people.get(id)} /> },
    { key: 'items', head: 'Items', align: 'right', cell: ({ item_count: items }) => count(items) },
    {
      key: 'total',
      head: 'Total',
      align: 'right',
      cell: (order) => <span className="font-medium">{money(orderTotal(order), order.currency)}</span>,
    },
    { key: 'payment', head: 'Payment', cell: ({ payment_status: payment }) => <span className="text-ink-2">{payment}</span> },
  ];
}

function Customer({ id, account }: { id: string | null; account: Account | undefined }) {
  if (id === null) return <span className="text-ink-3" title="An imported sale without a known customer.">not known</span>;
  return <span className="inline-block max-w-52 truncate align-bottom"><CustomerName id={id} account={account} /></span>;
}

function Nothing({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <CardEmpty title="No order fits">
      <p>Nothing fits all of these filters.</p>
      <button type="button" className="button mt-2" onClick={() => changeSearch(writeFilters(noFilters))}>Show all orders</button>
    </CardEmpty>
  ) : (
    <CardEmpty title="No orders yet">The first order appears here the moment it is placed, without reloading the page.</CardEmpty>
  );
}

function Skeleton() {
  return (
    <div className="space-y-3">
      {[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((row) => <div key={row} className="skeleton h-8 w-full" />)}
    </div>
  );
}
