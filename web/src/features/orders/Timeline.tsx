import type { OrderEvent } from '../../api/types';
import { Icon } from '../../components/Icon';
import { moment } from '../../lib/format';

const said: Record<OrderEvent['type'], string> = {
  'order.created': 'Placed',
  'order.confirmed': 'Confirmed',
  'order.processing': 'Processing began',
  'order.shipped': 'Shipped',
  'order.delivered': 'Delivered',
  'order.cancelled': 'Cancelled',
};

/** What became of an order, oldest first. */
export function Timeline({ events, timeZone }: { events: readonly OrderEvent[]; timeZone: string }) {
  return (
    <ol className="relative">
      {events.map((event, index) => {
        // An imported order has a single event, which tells of the status that it came with.
        const icon = event.type === 'order.created' && event.status === 'pending' ? 'pending' : event.status;
        return (
          <li key={event.event_id} className="relative flex gap-3 pb-5 last:pb-0">
            {index < events.length - 1 && <span aria-hidden="true" className="absolute top-7 bottom-0 left-3.5 w-px bg-line" />}
            <span className="grid size-7 shrink-0 place-items-center rounded-full bg-fill" style={{ color: `var(--status-${event.status})` }}>
              <Icon name={icon} className="size-3.5" />
            </span>
            <span className="min-w-0 pt-1 text-[0.8125rem]">
              <span className="font-medium">{said[event.type]}</span>
              {event.type === 'order.created' && event.status !== 'pending' && <span className="text-ink-2">, came in as {event.status}</span>}
              <time dateTime={event.timestamp} className="figure block text-xs text-ink-2">{moment(event.timestamp, timeZone)}</time>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
