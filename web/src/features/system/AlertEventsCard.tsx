import { useShop } from '../../api/queries';
import type { AlertEvent, Pagination } from '../../api/types';
import { conditionText, eventFigure } from '../../components/alertText';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { DataTable } from '../../components/DataTable';
import { Moment } from '../../components/Moment';
import { Pager } from '../../components/Pager';
import { both } from '../../components/query';
import { StateLabel } from '../../components/StateLabel';
import { useSearch, withSearch } from '../../lib/address';
import { percent, plural } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';

type Listed = AlertEvent & { delivery: { status: string; attempts: number; last_error: string | null } | null };

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
  const answer = useLiveRead<{ events: Listed[]; pagination: Pagination }>('/analytics/alert-events', { limit: '10', ...(page === null ? {} : { page }) });
  return (
    <Card title="What alerts said" icon="bell">
      <CardBody query={both(answer, shop)} skeleton={<div className="skeleton h-40 w-full" />}>
        {([{ events, pagination }, { currency }]) =>
          events.length === 0 ? (
            <CardEmpty title="No alert has fired yet">Each time one fires, and when that is over, it is listed here.</CardEmpty>
          ) : (
            <>
              <DataTable
                caption="What alerts said, newest first"
                columns={[
                  { key: 'at', head: 'When', className: 'whitespace-nowrap', cell: ({ at }) => <Moment at={at} /> },
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
                        {event.change_percent !== null && <span className="text-ink-3"> ({percent(event.change_percent)})</span>}
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
