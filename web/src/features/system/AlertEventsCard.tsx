import { useShop } from '../../api/queries';
import type { AlertEvent, Pagination } from '../../api/types';
import { conditionText, eventFigure } from '../../components/alertText';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { DataTable } from '../../components/DataTable';
import { PageGone, Pager } from '../../components/Pager';
import type { CardQuery } from '../../components/query';
import { StateLabel } from '../../components/StateLabel';
import { useSearch, withSearch } from '../../lib/address';
import { moment, plural, signedPercent } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';

type Listed = AlertEvent & { delivery: { status: string; attempts: number; last_error: string | null } | null };

interface Said {
  events: Listed[];
  pagination: Pagination;
}

const reasons: Record<AlertEvent['reason'], string> = {
  measured: '',
  edited: 'the alert was changed',
  disabled: 'the alert was switched off',
  deleted: 'the alert was deleted',
};

/** What alerts have said, newest first, and what became of their webhooks. */
export function AlertEventsCard() {
  const shop = useShop();
  const search = useSearch();
  const page = search.get('events');
  const answer = useLiveRead<Said>('/analytics/alert-events', { limit: '10', ...(page === null ? {} : { page }) });
  // Without the shop's currency no figure can be shown.
  const query: CardQuery<Said> = shop.data === undefined ? { ...shop, data: undefined } : answer;
  const currency = shop.data?.currency ?? '';
  return (
    <Card title="What alerts said" icon="bell">
      <CardBody query={query} skeleton={<div className="skeleton h-40 w-full" />}>
        {({ events, pagination }) =>
          pagination.total === 0 ? (
            <CardEmpty title="No alert has fired yet">Each time one fires, and when that is over, it is listed here.</CardEmpty>
          ) : (
            <>
              {events.length === 0 ? (
                <PageGone pages={pagination.pages} what="events" />
              ) : (
                <EventTable events={events} currency={currency} timeZone={shop.data?.time_zone ?? 'UTC'} />
              )}
              <div className="mt-3">
                <Pager
                  pagination={pagination}
                  total={plural(pagination.total, 'event')}
                  href={(next) => withSearch('/system', search, { events: next === 1 ? null : String(next) })}
                />
              </div>
            </>
          )
        }
      </CardBody>
    </Card>
  );
}

function EventTable({ events, currency, timeZone }: { events: readonly Listed[]; currency: string; timeZone: string }) {
  return (
    <DataTable
      caption="What alerts said, newest first"
      columns={[
        { key: 'at', head: 'When', className: 'whitespace-nowrap', cell: ({ at }) => <time dateTime={at}>{moment(at, timeZone)}</time> },
        {
          key: 'what',
          head: 'Alert',
          className: 'min-w-40 whitespace-normal!',
          cell: (event) => (
            <>
              <span className="block">{event.alert_name}</span>
              <span className="text-xs text-ink-3">{reasons[event.reason] || conditionText(event.condition)}</span>
            </>
          ),
        },
        {
          key: 'state',
          head: 'Said',
          cell: ({ type }) => (type === 'alert.fired' ? <StateLabel state="bad">fired</StateLabel> : <StateLabel state="good">over</StateLabel>),
        },
        {
          key: 'value',
          head: 'Figure',
          align: 'right',
          cell: (event) => (
            <>
              {eventFigure(event.value, event, currency)}
              {event.change_percent !== null && <span className="text-ink-3"> ({signedPercent(event.change_percent)})</span>}
            </>
          ),
        },
        {
          key: 'webhook',
          head: 'Webhook',
          cell: ({ delivery }) =>
            delivery === null ? (
              <span className="text-ink-3">none</span>
            ) : (
              <span title={delivery.last_error ?? undefined}>
                {delivery.status.replaceAll('_', ' ')}
                <span className="text-ink-3">, {plural(delivery.attempts, 'try', 'tries')}</span>
              </span>
            ),
        },
      ]}
      rows={events}
      rowKey={({ event_id: id }) => id}
    />
  );
}
