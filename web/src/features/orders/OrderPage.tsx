import { useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { nameOf, useAccounts } from '../../api/accounts';
import { useShop } from '../../api/queries';
import { ApiError } from '../../api/errors';
import type { Account, Order, OrderEvent } from '../../api/types';
import { Card, CardBody } from '../../components/Card';
import { CustomerName } from '../../components/CustomerName';
import { DataTable, type Column } from '../../components/DataTable';
import { Icon } from '../../components/Icon';
import { Notice } from '../../components/Notice';
import { Page } from '../../components/Page';
import { PersonActions } from '../../components/PersonActions';
import { pickFrom } from '../../components/query';
import { addressOf, useSearch, withSearch } from '../../lib/address';
import { copyText } from '../../lib/clipboard';
import { count, moment, money, plural, shortId, zoneLabel } from '../../lib/format';
import { toast } from '../../lib/toasts';
import { useLive } from '../../live/LiveProvider';
import { useLiveRead } from '../../live/useLiveRead';
import { useAccount } from '../../session/useAccount';
import { writeFilters } from './filters';
import { orderTotal } from './orderTotal';
import { StatusActions } from './StatusActions';
import { Timeline } from './Timeline';

/** One order: what it holds, whose it is, what became of it, and what can be done next. */
export function OrderPage({ id }: { id: string }) {
  useEffect(() => {
    // Opened from somewhere down the list. Nothing is returned: newer browsers answer with a promise, which is no way to clean up.
    window.scrollTo(0, 0);
  }, []);
  const { paused } = useLive();
  const shop = useShop();
  const answer = useLiveRead<{ order: Order }>(`/orders/${id}`, {}, { keep: false });
  const history = useLiveRead<{ events: readonly OrderEvent[] }>(`/orders/${id}/events`, {}, { keep: false });
  const order = answer.data?.order;
  const people = useAccounts(order?.user_id ? [order.user_id] : [], true);
  const zone = shop.data?.time_zone ?? 'UTC';
  return (
    <Page title={`Order ${shortId(id)}`} lead={<Lead id={id} />} actions={<Back from={id} />}>
      {order !== undefined && answer.error !== null && !paused && (
        <Notice icon="warning">The order could not be renewed: {answer.error.message} Below is how it stood before.</Notice>
      )}
      {answer.error instanceof ApiError && answer.error.status === 404 && order === undefined ? (
        <Notice icon="warning">There is no order with this number.</Notice>
      ) : (
        <div className="grid gap-4 xl:grid-cols-3">
          <div className="flex min-w-0 flex-col gap-4 xl:col-span-2">
            <Card title="Status" icon="shipped">
              <CardBody query={pickFrom(answer, (data) => data.order)} skeleton={<div className="skeleton h-16 w-full" />}>
                {(shown) => <StatusActions order={shown} />}
              </CardBody>
            </Card>
            <Card title="What was ordered" icon="box">
              <CardBody query={pickFrom(answer, (data) => data.order)} skeleton={<div className="skeleton h-56 w-full" />}>
                {(shown) => <Lines order={shown} />}
              </CardBody>
            </Card>
          </div>
          <div className="flex min-w-0 flex-col gap-4">
            <Card title="Order" icon="receipt">
              <CardBody query={pickFrom(answer, (data) => data.order)} skeleton={<div className="skeleton h-40 w-full" />}>
                {(shown) => <Facts order={shown} account={shown.user_id === null ? undefined : people.get(shown.user_id)} timeZone={zone} />}
              </CardBody>
            </Card>
            <Card title="History" icon="clock">
              <CardBody query={pickFrom(history, ({ events }) => events)} skeleton={<div className="skeleton h-40 w-full" />}>
                {(events) => (
                  <>
                    <Timeline events={events} timeZone={zone} />
                    <p className="mt-4 text-xs text-ink-3">Times in {zoneLabel(zone, Date.now())}.</p>
                  </>
                )}
              </CardBody>
            </Card>
          </div>
        </div>
      )}
    </Page>
  );
}

function Lead({ id }: { id: string }) {
  const text = useRef<HTMLElement>(null);
  const copy = async () => {
    if (await copyText(id)) {
      toast('The order’s number is in the clipboard.', 'good');
      return;
    }
    // Chosen, so that the keyboard can copy it.
    if (text.current) window.getSelection()?.selectAllChildren(text.current);
    toast('The browser doesn’t let the page copy. The number is selected: copy it with Ctrl C or ⌘ C.');
  };
  return (
    <p className="mt-1 flex flex-wrap items-center gap-2 text-[0.8125rem] text-ink-2">
      <code ref={text} className="font-mono text-xs wrap-anywhere">{id}</code>
      <button type="button" className="inline-flex min-h-7 items-center gap-1.5 rounded-md px-1.5 text-xs hover:bg-fill" onClick={() => void copy()}>
        <Icon name="copy" className="size-3.5" />
        Copy number
      </button>
    </p>
  );
}

/** To the list as it was: its filters and its page stand in this address too. */
function Back({ from }: { from: string | null }) {
  const search = useSearch();
  return (
    <Link state={{ left: from }} href={withSearch('/orders', search)} className="button">
      <Icon name="arrowLeft" />
      All orders
    </Link>
  );
}

export function WrongNumber() {
  return (
    <Page title="No such order" actions={<Back from={null} />}>
      <Notice icon="warning">The address holds no order’s number. Choose one from the list.</Notice>
    </Page>
  );
}

function Lines({ order }: { order: Order }) {
  const search = useSearch();
  const amount = (value: string | number) => money(Number(value), order.currency);
  const lines = order.items ?? [];
  type Line = (typeof lines)[number];
  const columns: [Column<Line>, ...Column<Line>[]] = [
    {
      key: 'product',
      head: 'Product',
      className: 'min-w-44',
      cell: (line) => (
        <Link href={addressOf('/products', search, { product: line.product_id })} title={line.product_name} className="line-clamp-2 rounded hover:underline">
          {line.product_name}
        </Link>
      ),
    },
    { key: 'quantity', head: 'Quantity', align: 'right', cell: (line) => count(line.quantity) },
    { key: 'price', head: 'Price', align: 'right', cell: (line) => amount(line.price) },
    { key: 'subtotal', head: 'Subtotal', align: 'right', cell: (line) => <span className="font-medium">{amount(line.subtotal)}</span> },
  ];
  return (
    <>
      {order.kind === 'credit_note' && (
        <p className="mb-3 text-[0.8125rem] text-ink-2">A credit note: it gives back part of an earlier purchase, and counts as cancelled.</p>
      )}
      <DataTable
        caption={`Lines of the order, ${plural(lines.length, 'product')}`}
        columns={columns}
        rows={lines}
        rowKey={(line) => line.product_id}
        totals={{ product: 'Total', subtotal: amount(orderTotal(order)) }}
      />
    </>
  );
}

interface FactsProps {
  order: Order;
  account: Account | undefined;
  timeZone: string;
}

function Facts({ order, account, timeZone }: FactsProps) {
  const search = useSearch();
  const { user_id: user } = order;
  const admin = useAccount().role === 'admin';
  return (
    <dl className="space-y-3 text-[0.8125rem] [&_dd]:mt-0.5 [&_dt]:text-xs [&_dt]:text-ink-3">
      <div>
        <dt>Customer</dt>
        <dd>
          {user === null ? (
            <span title="An imported sale without a known customer.">not known</span>
          ) : (
            <>
              <span className="wrap-anywhere"><CustomerName id={user} account={account} /></span>
              {account && <span className="block text-xs wrap-anywhere text-ink-2">{account.email}</span>}
              {admin && account && <PersonActions id={user} name={nameOf(account)} />}
              <span className="mt-1 block text-xs">
                <Link href={addressOf('/orders', search, writeFilters({ customer: user }))} className="rounded text-accent hover:underline">
                  All orders of this customer
                </Link>
              </span>
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Ship to</dt>
        {order.shipping_address === '' ? (
          <dd title="The customer has been erased.">erased</dd>
        ) : (
          <dd className="whitespace-pre-line wrap-anywhere">{order.shipping_address}</dd>
        )}
      </div>
      <div>
        <dt>Payment</dt>
        <dd>{order.payment_status}</dd>
      </div>
      <div>
        <dt>Placed</dt>
        <dd><time dateTime={order.created_at}>{moment(order.created_at, timeZone)}</time></dd>
      </div>
      <div>
        <dt>Last changed</dt>
        <dd><time dateTime={order.updated_at}>{moment(order.updated_at, timeZone)}</time></dd>
      </div>
    </dl>
  );
}
