import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { send } from '../../api/client';
import { toApiError } from '../../api/errors';
import { useShop } from '../../api/queries';
import type { DeadLetters } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { DataTable } from '../../components/DataTable';
import { NoFigure } from '../../components/NoFigure';
import { PageGone, Pager } from '../../components/Pager';
import { useSearch, withSearch } from '../../lib/address';
import { count, moment, plural, shortId } from '../../lib/format';
import { toast } from '../../lib/toasts';
import { useLiveRead } from '../../live/useLiveRead';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';

type Letter = DeadLetters['dead_letters'][number];

const path = '/analytics/dead-letters';

/** Events that could not be added up, with the reason, and another try. */
export function DeadLettersCard() {
  const search = useSearch();
  const page = search.get('letters');
  const answer = useLiveRead<DeadLetters>(path, page === null ? {} : { page });
  return (
    <Card title="Dead letters" icon="warning">
      <CardBody query={answer} skeleton={<div className="skeleton h-24 w-full" />}>
        {(data) =>
          data.pagination.total === 0 ? (
            <CardEmpty title="Every event could be added up">An event that makes no sense is put aside here and shown with the reason; all others count.</CardEmpty>
          ) : (
            <>
              {data.dead_letters.length === 0 ? <PageGone pages={data.pagination.pages} what="dead letters" /> : <Letters letters={data.dead_letters} />}
              <div className="mt-3">
                <Pager
                  pagination={data.pagination}
                  total={plural(data.pagination.total, 'dead letter')}
                  href={(next) => withSearch('/system', search, { letters: next === 1 ? null : String(next) })}
                />
              </div>
            </>
          )
        }
      </CardBody>
    </Card>
  );
}

/** What happened, when, and to which order; the log gives the event as it was written. */
function Event({ event, linked }: { event: Readonly<Record<string, unknown>>; linked: boolean }) {
  const timeZone = useShop().data?.time_zone ?? 'UTC';
  const field = (name: string) => {
    const value = event[name];
    return typeof value === 'string' ? value : null;
  };
  const [type, at, order] = [field('type'), field('timestamp'), field('orderId')];
  return (
    <>
      <span className="block first-letter:uppercase">{type === null ? 'Unknown' : type.replaceAll(/[._]/g, ' ')}</span>
      <span className="block text-xs text-ink-3">
        {at !== null && <time dateTime={at}>{moment(at, timeZone)}</time>}
        {linked && order !== null && <>, order <Link href={`/orders/${order}`} className="text-ink-2 underline">{shortId(order)}</Link></>}
      </span>
    </>
  );
}

function Letters({ letters }: { letters: readonly Letter[] }) {
  const staff = isStaff(useAccount().role);
  const client = useQueryClient();
  const [busy, setBusy] = useState<number | null>(null);
  const retry = async (position: number) => {
    setBusy(position);
    try {
      await send('POST', `${path}/${position}/retry`);
      toast('The event counts now.', 'good');
    } catch (error) {
      toast(toApiError(error).message, 'bad');
    }
    await client.invalidateQueries();
    setBusy(null);
  };
  return (
    <DataTable
      caption="Events that could not be added up"
      columns={[
        { key: 'position', head: 'Position', cell: ({ position }) => count(position) },
        { key: 'event', head: 'Event', className: 'min-w-40', cell: ({ event }) => <Event event={event} linked={staff} /> },
        { key: 'reason', head: 'Why', className: 'min-w-64 whitespace-normal!', cell: ({ reason }) => reason },
        { key: 'attempts', head: 'Tried', cell: ({ attempts }) => plural(attempts, 'time') },
        {
          key: 'retry',
          head: 'Again',
          cell: ({ position }) =>
            staff ? (
              <button type="button" className="button" disabled={busy !== null} onClick={() => void retry(position)}>
                {busy === position ? 'Trying…' : 'Try again'}
              </button>
            ) : (
              <NoFigure why="Staff and administrators can try it again." />
            ),
        },
      ]}
      rows={letters}
      rowKey={({ position }) => String(position)}
    />
  );
}
