import type { ReactNode } from 'react';
import { useShop } from '../../api/queries';
import type { ModelStatus, Schemas } from '../../api/types';
import { Card, CardBody } from '../../components/Card';
import { Icon } from '../../components/Icon';
import { Progress } from '../../components/Progress';
import { StateLabel } from '../../components/StateLabel';
import { ago, count, moment, plural } from '../../lib/format';
import { useNow } from '../../lib/useNow';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';
import { bytes, took } from './units';
import { useTraining } from './useTraining';

const phases: Record<Schemas['TrainingProgress']['phase'], string> = {
  waiting: 'Waiting for its turn',
  reading: 'Reading the event log',
  counting: 'Counting orders, pairs and customers',
  learning: 'Learning what weighs how much; the new model answers already',
};

/** What the model has learnt, when, and how far behind the shop it is. */
export function ModelCard() {
  const { model, train, asking } = useTraining();
  const staff = isStaff(useAccount().role);
  return (
    <Card
      title="The model"
      icon="database"
      actions={
        staff && (
          <button type="button" className="button" disabled={asking || model.data === undefined} onClick={() => void train()}>
            <Icon name="refresh" className={asking ? 'size-4 spinning' : 'size-4'} />
            Train anew
          </button>
        )
      }
    >
      <CardBody query={model} skeleton={<div className="skeleton h-72 w-full" />}>
        {(status) => (
          <>
            {status.training !== null && (
              <div className="mb-4 rounded-xl bg-fill p-3">
                <Progress label={phases[status.training.phase]} share={status.training.done} />
              </div>
            )}
            <State status={status} />
            <Facts status={status} />
          </>
        )}
      </CardBody>
    </Card>
  );
}

function State({ status: { is_trained: trained, events_behind: behind, model_version: version } }: { status: ModelStatus }) {
  if (!trained) {
    return (
      <p className="mb-4 text-[0.8125rem] leading-relaxed text-ink-2">
        <StateLabel state="warn">Not trained yet</StateLabel> The first training begins by itself; until then nothing can be recommended.
      </p>
    );
  }
  return (
    <p className="mb-4 flex flex-wrap items-center gap-2 text-[0.8125rem] text-ink-2">
      {behind === 0 ? <StateLabel state="good">Up to date</StateLabel> : <StateLabel state="warn">{`${plural(behind, 'event')} behind`}</StateLabel>}
      <span>
        Version {count(version)}
        {behind === 0 ? ', every order is counted.' : ', the newest orders are not counted yet.'}
      </span>
    </p>
  );
}

interface Fact {
  name: string;
  value: ReactNode;
  /** What it means. */
  about: string;
}

function Facts({ status }: { status: ModelStatus }) {
  const timeZone = useShop().data?.time_zone ?? 'UTC';
  const when = (instant: string | null, otherwise: string) => (instant === null ? otherwise : <Moment instant={instant} timeZone={timeZone} />);
  const learnt: Fact[] = [
    { name: 'Orders', value: count(status.orders_count), about: 'Orders that it has learnt from.' },
    { name: 'Products', value: count(status.products_count), about: 'Products that stand in these orders.' },
    { name: 'Customers', value: count(status.users_count), about: 'Customers who placed these orders.' },
    { name: 'Order lines', value: count(status.interactions_count), about: 'Products in orders, each counted once an order.' },
  ];
  const kept: Fact[] = [
    { name: 'Trained', value: <>{when(status.trained_at, 'not yet')}<Took ms={status.training_ms} /></>, about: 'Everything was counted from the beginning.' },
    { name: 'Refreshed', value: <>{when(status.refreshed_at, 'not since the training')}<Took ms={status.refresh_ms} /></>, about: 'What weighs how much was learnt anew, which happens by itself as news gathers.' },
    { name: 'Snapshot', value: when(status.snapshot_at, 'none saved yet'), about: 'Saved, so that a restart need not read every order again.' },
    { name: 'Taken up', value: when(status.restored_at, 'not from a snapshot'), about: 'When this server began with the snapshot of the one before.' },
    { name: 'Memory', value: bytes(status.model_bytes), about: 'What the model takes of the server’s memory.' },
    { name: 'Algorithm', value: status.algorithm.replaceAll('_', ' '), about: 'The family that the model is of.' },
  ];
  return (
    <>
      <dl className="figure grid grid-cols-2 gap-2">
        {learnt.map(({ name, value, about }) => (
          <div key={name} title={about} className="rounded-xl bg-fill px-3 py-2">
            <dt className="text-xs text-ink-2">{name}</dt>
            <dd className="mt-0.5 text-lg font-semibold">{value}</dd>
          </div>
        ))}
      </dl>
      <dl className="mt-4 text-[0.8125rem]">
        {kept.map(({ name, value, about }) => (
          <div key={name} title={about} className="flex justify-between gap-4 border-t border-line py-2 first:border-0">
            <dt className="text-ink-2">{name}</dt>
            <dd className="text-right">{value}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function Moment({ instant, timeZone }: { instant: string; timeZone: string }) {
  const now = useNow(10_000);
  return <time dateTime={instant} title={moment(instant, timeZone)}>{ago(instant, now, timeZone)}</time>;
}

function Took({ ms }: { ms: number | null }) {
  return ms === null ? null : <span className="figure block text-xs text-ink-3">in {took(ms)}</span>;
}
