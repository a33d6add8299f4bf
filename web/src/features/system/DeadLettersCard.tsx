import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client';
import { toApiError } from '../../api/errors';
import type { DeadLetters } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { DataTable } from '../../components/DataTable';
import { Pager } from '../../components/Pager';
import { useSearch, withSearch } from '../../lib/address';
import { count, plural } from '../../lib/format';
import { toast } from '../../lib/toasts';
import { useLiveRead } from '../../live/useLiveRead';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';

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
          data.dead_letters.length === 0 ? (
            <CardEmpty title="Every event could be added up">An event that makes no sense is put aside here and shown with the reason; all others count.</CardEmpty>
          ) : (
            <>
              <Letters letters={data.dead_letters} />
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

function Letters({ letters }: { letters: DeadLetters['dead_letters'] }) {
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
              '–'
            ),
        },
      ]}
      rows={letters}
      rowKey={({ position }) => String(position)}
    />
  );
}
