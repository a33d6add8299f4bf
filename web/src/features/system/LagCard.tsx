import type { Consumers } from '../../api/types';
import { useShop } from '../../api/queries';
import { Card, CardBody } from '../../components/Card';
import { DataTable } from '../../components/DataTable';
import { NoFigure } from '../../components/NoFigure';
import { StateLabel } from '../../components/StateLabel';
import { count, moment, plural } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';

/** How far those who follow the log of events are behind its end. */
export function LagCard() {
  const answer = useLiveRead<Consumers>('/analytics/consumers', {});
  const timeZone = useShop().data?.time_zone ?? 'UTC';
  return (
    <Card title="Event log" icon="clock">
      <CardBody query={answer} skeleton={<div className="skeleton h-56 w-full" />}>
        {({ end_position: end, consumers }) => (
          <>
            <p className="mb-3 text-[0.8125rem] text-ink-2">
              {end === 0 ? 'Nothing has happened yet.' : `The log ends at position ${count(end)}.`} Each reader applies every event once, in its own time.
            </p>
            <DataTable
              caption="Readers of the event log and how far they are"
              columns={[
                { key: 'name', head: 'Reader', cell: ({ name }) => <span className="capitalize">{name.replaceAll('_', ' ')}</span> },
                {
                  key: 'behind',
                  head: 'Behind',
                  cell: ({ events_behind: behind }) =>
                    behind === 0 ? <StateLabel state="good">up to date</StateLabel> : <StateLabel state="warn">{plural(behind, 'event')}</StateLabel>,
                },
                {
                  key: 'position',
                  head: 'Position',
                  hint: 'Up to which it has applied the log. The bar is as long by the whole log.',
                  align: 'right',
                  className: 'min-w-28',
                  cell: ({ position, events_behind: behind }) => (
                    <>
                      {count(position)}
                      <span aria-hidden="true" className="mt-1 block h-1.5 overflow-hidden rounded-full bg-fill">
                        <span
                          data-bar
                          className={`block h-full rounded-full ${behind === 0 ? 'bg-good' : 'bg-warn'}`}
                          style={{ width: `${end === 0 ? 0 : Math.min(1, position / end) * 100}%` }}
                        />
                      </span>
                    </>
                  ),
                },
                {
                  key: 'last',
                  head: 'Last event',
                  align: 'right',
                  cell: ({ last_event_at: at }) => (at == null ? <NoFigure why="It keeps no time of its last event." /> : <time dateTime={at}>{moment(at, timeZone)}</time>),
                },
              ]}
              rows={consumers}
              rowKey={({ name }) => name}
            />
          </>
        )}
      </CardBody>
    </Card>
  );
}
