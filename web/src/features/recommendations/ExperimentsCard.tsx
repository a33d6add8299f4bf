import { useState } from 'react';
import { useShop } from '../../api/queries';
import type { Experiment } from '../../api/types';
import { Card, CardBody, CardEmpty } from '../../components/Card';
import { DataTable } from '../../components/DataTable';
import { Dialog } from '../../components/Dialog';
import { Icon } from '../../components/Icon';
import { useSearchParam } from '../../lib/address';
import { plural } from '../../lib/format';
import { useLiveRead } from '../../live/useLiveRead';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';
import { ExperimentForm } from './ExperimentForm';
import { ExperimentPanel } from './ExperimentPanel';
import { ExperimentStatus } from './ExperimentStatus';
import { spanOf } from './experimentWords';
import { experimentKinds, methodName, metrics, placements } from './words';

/** All experiments with recommenders, and the one that the address names with what it has found. */
export function ExperimentsCard() {
  const [chosen, choose] = useSearchParam('experiment');
  const [planning, setPlanning] = useState(false);
  const staff = isStaff(useAccount().role);
  const list = useLiveRead<{ experiments: Experiment[] }>('/ai/experiments', {});
  return (
    <>
      {chosen !== null && <ExperimentPanel key={chosen} id={chosen} onClose={() => choose(null)} />}
      <Card
        title="Experiments"
        icon="flask"
        actions={
          staff && (
            <button type="button" className="button" onClick={() => setPlanning(true)}>
              <Icon name="plus" />
              Plan an experiment
            </button>
          )
        }
      >
        <CardBody query={list} skeleton={<div className="skeleton h-40 w-full" />}>
          {({ experiments }) =>
            experiments.length === 0 ? (
              <CardEmpty title="No experiments yet">
                An experiment shows one part of the customers other recommendations than the rest, and tells when the difference is proven.
              </CardEmpty>
            ) : (
              <>
                <p className="mb-3 text-[0.8125rem] text-ink-2">{plural(experiments.length, 'experiment')}, newest first. Choose one to see what it has found.</p>
                <ExperimentTable experiments={experiments} chosen={chosen} onChoose={choose} />
              </>
            )
          }
        </CardBody>
      </Card>
      {planning && (
        <Dialog title="Plan an experiment" width="46rem" onClose={() => setPlanning(false)}>
          <ExperimentForm
            onPlanned={({ id }) => {
              setPlanning(false);
              choose(id);
            }}
          />
        </Dialog>
      )}
    </>
  );
}

interface ExperimentTableProps {
  experiments: readonly Experiment[];
  chosen: string | null;
  onChoose: (id: string) => void;
}

function ExperimentTable({ experiments, chosen, onChoose }: ExperimentTableProps) {
  const timeZone = useShop().data?.time_zone ?? 'UTC';
  return (
    <DataTable
      caption="Experiments, newest first"
      columns={[
        {
          key: 'name',
          head: 'Experiment',
          className: 'min-w-44',
          cell: ({ id, name }) => (
            <button type="button" title={name} aria-current={id === chosen} className="line-clamp-2 text-left hover:underline aria-[current=true]:font-semibold aria-[current=true]:text-accent" onClick={() => onChoose(id)}>
              {name}
            </button>
          ),
        },
        { key: 'status', head: 'State', cell: (experiment) => <ExperimentStatus experiment={experiment} /> },
        { key: 'placement', head: 'Where', cell: ({ placement }) => <span title={placements[placement].about}>{placements[placement].name}</span> },
        { key: 'kind', head: 'Kind', cell: ({ kind }) => <span title={experimentKinds[kind].about}>{experimentKinds[kind].name}</span> },
        { key: 'variants', head: 'Variants', className: 'max-w-72 truncate', cell: ({ variants }) => variants.map(({ algorithm }) => methodName(algorithm)).join(' · ') },
        { key: 'metric', head: 'Decides', cell: ({ metric }) => metrics[metric] },
        { key: 'when', head: 'When', cell: (experiment) => spanOf(experiment, timeZone) },
      ]}
      rows={experiments}
      rowKey={({ id }) => id}
    />
  );
}
