import { useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { addressOf, useSearch } from '../lib/address';
import type { FeedEntry } from '../live/feed';
import { ago, count, moment, money, plural, shortId } from '../lib/format';
import { useNow } from '../lib/useNow';
import { isStaff } from '../session/roles';
import { useAccount } from '../session/useAccount';
import { Card, CardBody, CardEmpty } from './Card';
import type { CardQuery } from './query';
import { StatusLabel } from './OrderStatus';

export interface Feed {
  entries: readonly FeedEntry[];
  timeZone: string;
}

export function OrderFeed({ query }: { query: CardQuery<Feed> }) {
  return (
    <Card title="Latest orders" icon="shipped">
      <CardBody query={query} skeleton={<Skeleton />}>
        {({ entries, timeZone }) =>
          entries.length === 0 ? (
            <CardEmpty title="No orders yet">
              The first order appears here the moment it is placed, without reloading the page.
            </CardEmpty>
          ) : (
            <>
              <Announcer entries={entries} />
              <List entries={entries} timeZone={timeZone} />
            </>
          )
        }
      </CardBody>
    </Card>
  );
}

function List({ entries, timeZone }: Feed) {
  const now = useNow(10_000);
  return (
    <ul className="-mx-2">
      {entries.map((entry) => <Row key={entry.order_id} entry={entry} timeZone={timeZone} now={now} />)}
    </ul>
  );
}

function Row({ entry, timeZone, now }: { entry: FeedEntry; timeZone: string; now: number }) {
  const credit = entry.kind === 'credit_note';
  return (
    <li className={`rounded-lg px-2 py-2 ${entry.isNew ? 'arrived' : ''}`}>
      <div className="flex items-baseline justify-between gap-3 text-[0.8125rem]">
        <StatusLabel status={entry.status} {...(credit ? { text: 'Credit note' } : {})} />
        <span className="figure font-medium whitespace-nowrap">
          {money(credit ? -entry.total_amount : entry.total_amount, entry.currency)}
        </span>
      </div>
      <div className="mt-0.5 flex flex-wrap items-baseline justify-between gap-x-3 text-xs text-ink-3">
        <span className="min-w-0">
          {entry.isNew && <span className="mr-1.5 rounded bg-accent-soft px-1 py-px font-medium text-accent">new</span>}
          <OrderId id={entry.order_id} />
          {' · '}
          {plural(entry.item_count, 'item')}
        </span>
        <time dateTime={entry.timestamp} title={moment(entry.timestamp, timeZone)} className="whitespace-nowrap">
          {ago(entry.timestamp, now, timeZone)}
        </time>
      </div>
    </li>
  );
}

/** Leads to the order for those who may see it. */
function OrderId({ id }: { id: string }) {
  const search = useSearch();
  const shown = { title: id, className: 'font-mono', children: shortId(id) };
  return isStaff(useAccount().role) ? (
    <Link href={addressOf(`/orders/${id}`, search)} {...shown} className="font-mono text-ink-2 hover:underline" />
  ) : (
    <span {...shown} />
  );
}

const announceEveryMs = 10_000;

/** Tells those who can't see the list of new orders, gathered, so that a busy shop doesn't talk without pause. */
function Announcer({ entries }: { entries: readonly FeedEntry[] }) {
  const [text, setText] = useState('');
  const told = useRef(new Set<string>());
  const latest = useRef(entries);
  useEffect(() => {
    latest.current = entries;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      const shown = latest.current.filter((entry) => entry.isNew);
      const fresh = shown.filter((entry) => !told.current.has(entry.order_id));
      // Of those that have left the list none comes again: a page that stays open for weeks must not remember them all.
      told.current = new Set(shown.map((entry) => entry.order_id));
      const [first] = fresh;
      if (!first) return;
      setText(
        fresh.length === 1
          ? `New order, ${money(first.total_amount, first.currency)}.`
          : `${count(fresh.length)} new orders, the latest ${money(first.total_amount, first.currency)}.`,
      );
    }, announceEveryMs);
    return () => clearInterval(timer);
  }, []);
  return <p role="status" className="sr-only">{text}</p>;
}

function Skeleton() {
  return (
    <div className="space-y-4">
      {[0, 1, 2, 3, 4, 5, 6].map((row) => (
        <div key={row}>
          <div className="skeleton h-4 w-full" />
          <div className="skeleton mt-2 h-3 w-2/3" />
        </div>
      ))}
    </div>
  );
}
