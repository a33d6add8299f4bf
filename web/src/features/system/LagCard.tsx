import type { Consumers } from '../../api/types';
import { Card, CardBody } from '../../components/Card';
import { DataTable } from '../../components/DataTable';
import { Moment } from '../../components/Moment';
import { StateLabel } from '../../components/StateLabel';
import { count, plural } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';

/** How far those who follow the log of events are behind its end. */
export function LagCard() {
  const answer = useLiveRead<Consumers>('/analytics/consumers', {});
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
                { key: 'name', head: 'Reader', className: 'capitalize', cell: ({ name }) => name.replaceAll('_', ' ') },
                {
                  key: 'behind',
                  head: 'Behind',
                  cell: ({ events_behind: behind }) =>
                    behind === 0 ? <StateLabel state="good">up to date</StateLabel> : <StateLabel state="warn">{plural(behind, 'event')}</StateLabel>,
                },
                { key: 'position', head: 'Position', align: 'right', cell: ({ position }) => count(position) },
                {
                  key: 'last',
                  head: 'Last event',
                  align: 'right',
                  cell: ({ last_event_at: at }) => (at == null ? '–' : <Moment at={at} />),
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
