import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useAccounts } from '../../api/accounts';
import { useShop } from '../../api/queries';
import type { Order, OrderEvent } from '../../api/types';
import { Card, CardBody } from '../../components/Card';
import { CustomerName } from '../../components/CustomerName';
import { DataTable } from '../../components/DataTable';
import { Icon } from '../../components/Icon';
import { StatusLabel } from '../../components/OrderStatus';
import { Page } from '../../components/Page';
import { addressOf, useSearch } from '../../lib/address';
import { count, moment, money, shortId } from '../../lib/format';
import { toast } from '../../lib/toasts';
import { useLiveRead } from '../../live/useLiveRead';
import { NextSteps } from './NextSteps';

/** One order: what was bought, by whom, what happened to it, and what may happen next. */
export function OrderPage({ id }: { id: string }) {
  const search = useSearch();
  const text = search.toString();
  const path = `/orders/${encodeURIComponent(id)}`;
  const order = useLiveRead<{ order: Order }>(path, {}, { keep: false });
  const events = useLiveRead<{ events: OrderEvent[] }>(`${path}/events`, {}, { keep: false });
  return (
    <Page
      title={`Order ${shortId(id)}`}
      lead={
        <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-ink-2">
          <span className="font-mono text-xs break-all">{id}</span>
          <CopyButton text={id} />
        </p>
      }
      actions={
        <Link href={`/orders${text && `?${text}`}`} className="button">
          <Icon name="arrowLeft" />
          All orders
        </Link>
      }
    >
      <div className="grid gap-4 xl:grid-cols-3">
        <Card title="What was bought" icon="orders" className="xl:col-span-2">
          <CardBody query={order} skeleton={<div className="skeleton h-64 w-full" />}>
            {({ order: shown }) => <Lines order={shown} />}
          </CardBody>
        </Card>
        <div className="flex flex-col gap-4">
          <Card title="Where it stands" icon="shipped">
            <CardBody query={order} skeleton={<div className="skeleton h-40 w-full" />}>
              {({ order: shown }) => (
                <>
                  <Facts order={shown} />
                  <NextSteps order={shown} onChanged={() => Promise.all([order.refetch(), events.refetch()])} />
                </>
              )}
            </CardBody>
          </Card>
          <Card title="History" icon="clock">
            <CardBody query={events} skeleton={<div className="skeleton h-32 w-full" />}>
              {({ events: shown }) => <Timeline events={shown} />}
            </CardBody>
          </Card>
        </div>
      </div>
    </Page>
  );
}

function CopyButton({ text }: { text: string }) {
  const clipboard = (navigator as Partial<Pick<Navigator, 'clipboard'>>).clipboard;
  // Browsers keep the clipboard from pages that are not served securely.
  if (!clipboard) return null;
  return (
    <button
      type="button"
      className="inline-flex items-center gap-1.5 text-xs text-accent hover:underline"
      onClick={() => void clipboard.writeText(text).then(() => toast('The id is copied.', 'good'))}
    >
      <Icon name="copy" className="size-3.5" />
      Copy
    </button>
  );
}

function Lines({ order }: { order: Order }) {
  const search = useSearch();
  const amount = (value: string) => money(Number(value), order.currency);
  return (
    <DataTable
      caption="Lines of the order"
      columns={[
        {
          key: 'product',
          head: 'Product',
          className: 'min-w-44',
          cell: ({ product_id: product, product_name: name }) => (
            <Link href={addressOf('/products', search, { product })} className="line-clamp-2 text-accent hover:underline">{name}</Link>
          ),
        },
        { key: 'quantity', head: 'Quantity', align: 'right', cell: ({ quantity }) => count(quantity) },
        { key: 'price', head: 'Price', align: 'right', cell: ({ price }) => amount(price) },
        { key: 'subtotal', head: 'Subtotal', align: 'right', cell: ({ subtotal }) => <span className="font-medium">{amount(subtotal)}</span> },
      ]}
      rows={order.items ?? []}
      rowKey={({ product_id: product, price }) => `${product} ${price}`}
      totals={{ quantity: count(order.item_count), subtotal: amount(order.total_amount) }}
      maxHeight="max-h-[40rem]"
    />
  );
}

function Facts({ order }: { order: Order }) {
  const search = useSearch();
  const timeZone = useShop().data?.time_zone ?? 'UTC';
  const { user_id: customer } = order;
  const accounts = useAccounts(customer === null ? [] : [customer], true);
  return (
    <dl className="space-y-3 text-[0.8125rem]">
      <Fact name="Status"><StatusLabel status={order.status} {...(order.kind === 'credit_note' ? { text: 'Credit note' } : {})} /></Fact>
      <Fact name="Total"><span className="figure text-lg font-semibold">{money(Number(order.total_amount), order.currency)}</span></Fact>
      <Fact name="Payment"><span className="capitalize">{order.payment_status}</span></Fact>
      <Fact name="Customer">
        {customer === null ? (
          <span className="text-ink-2">unknown</span>
        ) : (
          <Link href={addressOf('/orders', search, { customer })} className="text-accent hover:underline">
            <CustomerName id={customer} account={accounts.get(customer)} />
          </Link>
        )}
      </Fact>
      <Fact name="Address"><span className="whitespace-pre-line">{order.shipping_address}</span></Fact>
      <Fact name="Placed"><time dateTime={order.created_at}>{moment(order.created_at, timeZone)}</time></Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex flex-wrap gap-x-4">
      <dt className="w-20 shrink-0 text-ink-3">{name}</dt>
      <dd className="min-w-0 grow break-words">{children}</dd>
    </div>
  );
}

function Timeline({ events }: { events: readonly OrderEvent[] }) {
  const timeZone = useShop().data?.time_zone ?? 'UTC';
  return (
    <ol className="space-y-0 text-[0.8125rem]">
      {events.map((event, index) => (
        <li key={event.event_id} className="relative flex gap-3 pb-4 last:pb-0">
          {index < events.length - 1 && <span aria-hidden="true" className="absolute top-4 bottom-0 left-[0.3125rem] w-px bg-line" />}
          <span aria-hidden="true" className="mt-1.5 size-2.5 shrink-0 rounded-full" style={{ background: `var(--status-${event.status})` }} />
          <div>
            <StatusLabel status={event.status} {...(index === 0 && event.status === 'pending' ? { text: 'Placed' } : {})} />
            <time dateTime={event.timestamp} className="block text-xs text-ink-3">{moment(event.timestamp, timeZone)}</time>
          </div>
        </li>
      ))}
    </ol>
  );
}
