import type { Dashboard, OrderStatus as Status, StatusCount } from '../api/types';
import { count, percent, plural } from '../lib/format';
import { Card, CardBody, CardEmpty } from './Card';
import type { CardQuery } from './query';
import { Icon } from './Icon';

const labels: Record<Status, string> = {
  pending: 'Pending',
  confirmed: 'Confirmed',
  processing: 'Processing',
  shipped: 'Shipped',
  delivered: 'Delivered',
  cancelled: 'Cancelled',
};

/** The status in words with its own sign; colour only helps. */
export function StatusLabel({ status, text = labels[status] }: { status: Status; text?: string }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span className="inline-flex" style={{ color: `var(--status-${status})` }}>
        <Icon name={status} className="size-3.5" />
      </span>
      {text}
    </span>
  );
}

export function OrderStatus({ query }: { query: CardQuery<Dashboard> }) {
  return (
    <Card title="Order status" icon="orders">
      <CardBody query={query} skeleton={<Skeleton />}>
        {({ order_status: statuses }) => {
          const total = statuses.reduce((sum, { count: orders }) => sum + orders, 0);
          if (total === 0) {
            return (
              <CardEmpty title="No orders placed in this period">
                Each order placed in these days is counted here by where it stands now.
              </CardEmpty>
            );
          }
          return (
            <div className="flex grow flex-col justify-center gap-4 sm:flex-row sm:items-center xl:flex-col xl:items-stretch">
              <Ring statuses={statuses} total={total} />
              <table className="figure w-full grow text-[0.8125rem]">
                <caption className="sr-only">
                  {plural(total, 'order')} placed in the period, by present status
                </caption>
                <thead className="sr-only">
                  <tr>
                    <th scope="col">Status</th>
                    <th scope="col">Orders</th>
                    <th scope="col">Share</th>
                  </tr>
                </thead>
                <tbody>
                  {statuses.map(({ status, count: orders, percentage }) => (
                    <tr key={status} className="border-t border-line first:border-0">
                      <th scope="row" className="py-1.5 text-left font-normal"><StatusLabel status={status} /></th>
                      <td className="py-1.5 text-right font-medium">{count(orders)}</td>
                      <td className="w-16 py-1.5 text-right text-ink-2">{percent(percentage)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </CardBody>
    </Card>
  );
}

const radius = 42;
const circumference = 2 * Math.PI * radius;
const gap = 1.5;

function Ring({ statuses, total }: { statuses: readonly StatusCount[]; total: number }) {
  const present = statuses.filter(({ count: orders }) => orders > 0);
  let passed = 0;
  const arcs = present.map(({ status, count: orders }) => {
    const length = (orders / total) * circumference;
    const arc = { status, length, start: passed };
    passed += length;
    return arc;
  });
  return (
    <div aria-hidden="true" className="relative mx-auto size-36 shrink-0 sm:size-40">
      <svg viewBox="0 0 100 100" className="size-full -rotate-90">
        <circle cx="50" cy="50" r={radius} fill="none" stroke="var(--fill)" strokeWidth="10" />
        {arcs.map(({ status, length, start }) => (
          <circle
            key={status}
            cx="50"
            cy="50"
            r={radius}
            fill="none"
            stroke={`var(--status-${status})`}
            strokeWidth="10"
            strokeDasharray={`${Math.max(0.5, length - (arcs.length > 1 ? gap : 0))} ${circumference}`}
            strokeDashoffset={-start}
          />
        ))}
      </svg>
      <div className="absolute inset-0 grid place-content-center text-center">
        <span className="figure text-2xl leading-tight font-semibold">{count(total)}</span>
        <span className="text-xs text-ink-3">placed</span>
      </div>
    </div>
  );
}

function Skeleton() {
  return (
    <div className="flex grow flex-col items-center gap-5">
      <div className="skeleton size-36 rounded-full! sm:size-40" />
      <div className="w-full space-y-3">
        {[0, 1, 2, 3, 4, 5].map((row) => <div key={row} className="skeleton h-4 w-full" />)}
      </div>
    </div>
  );
}
