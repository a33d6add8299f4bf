import { useQuery } from '@tanstack/react-query';
import { get } from '../../api/client';
import type { Health, ServiceState } from '../../api/types';
import { Card, CardBody } from '../../components/Card';
import { DataTable } from '../../components/DataTable';
import { NoFigure } from '../../components/NoFigure';
import { StateLabel, type State } from '../../components/StateLabel';
import { decimal, duration } from '../../lib/format';
import { useLive } from '../../live/LiveProvider';

const everyMs = 10_000;
// A server that hangs is as good as none.
const patienceMs = 8_000;

const states: Record<ServiceState['status'], State> = { ok: 'good', degraded: 'warn', down: 'bad' };

/** Every service with what it depends on. An old "ok" is no news: without an answer nothing is shown as well. */
export function HealthCard() {
  const { paused } = useLive();
  const answer = useQuery({
    queryKey: ['health'],
    // Beside the API, not below it.
    queryFn: ({ signal }) => get<Health>('/health', { baseURL: '', signal, timeout: patienceMs }),
    refetchInterval: paused ? false : everyMs,
    retry: false,
    // A browser that takes itself for offline would not even ask, and the last answer would stay.
    networkMode: 'always',
  });
  const query = answer.error ? { ...answer, data: undefined } : answer;
  return (
    <Card title="Services" icon="pulse">
      <CardBody query={query} skeleton={<div className="skeleton h-56 w-full" />}>
        {(health) => (
          <>
            <p className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-[0.8125rem] text-ink-2">
              <StateLabel state={states[health.status]}>{health.status}</StateLabel>
              <span>CloudCart {health.version}, up for {duration(health.uptime_seconds)}</span>
              {paused && <span className="text-warn">Not asked again while the page is paused</span>}
            </p>
            <Services health={health} />
          </>
        )}
      </CardBody>
    </Card>
  );
}

function Service({ name, version, uptime_seconds: uptime }: ServiceState & { name: string }) {
  return (
    <>
      <span className="block capitalize">{name}</span>
      {version !== undefined && uptime !== undefined && (
        <span className="block text-xs whitespace-nowrap text-ink-3">
          {version}, up for {duration(uptime)}
        </span>
      )}
    </>
  );
}

function Services({ health }: { health: Health }) {
  const services = Object.entries(health.services ?? {}).map(([name, state]) => ({ name, ...state }));
  return (
    <DataTable
      caption="Services and what they depend on"
      columns={[
        { key: 'service', head: 'Service', cell: (service) => <Service {...service} /> },
        { key: 'status', head: 'State', cell: ({ status }) => <StateLabel state={states[status]}>{status}</StateLabel> },
        {
          key: 'dependencies',
          head: 'Depends on',
          cell: ({ dependencies }) => (
            <ul className="space-y-1">
              {Object.entries(dependencies ?? {}).map(([name, { status }]) => (
                <li key={name} className="flex items-center gap-2">
                  <StateLabel state={states[status]}>{status}</StateLabel>
                  {name.replaceAll('_', ' ')}
                </li>
              ))}
            </ul>
          ),
        },
        {
          key: 'latency',
          head: 'Answers in',
          align: 'right',
          cell: ({ latency_ms: latency }) => (latency === undefined ? <NoFigure why="It did not answer." /> : `${decimal(latency)} ms`),
        },
      ]}
      rows={services}
      rowKey={({ name }) => name}
    />
  );
}
