import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { send } from '../../api/client';
import { toApiError } from '../../api/errors';
import { useShop } from '../../api/queries';
import type { Experiment, ExperimentReport } from '../../api/types';
import { Card, CardBody } from '../../components/Card';
import { ConfirmDialog } from '../../components/Dialog';
import { FormProblem } from '../../components/FormProblem';
import { Icon, type IconName } from '../../components/Icon';
import { plural } from '../../lib/format';
import { toast } from '../../lib/toasts';
import { useLiveRead } from '../../live/useLiveRead';
import { isStaff } from '../../session/roles';
import { useAccount } from '../../session/useAccount';
import { Report } from './ExperimentReport';
import { ExperimentStatus } from './ExperimentStatus';
import { spanOf } from './experimentWords';
import { experimentKinds, metrics, placements } from './words';

interface ExperimentPanelProps {
  id: string;
  onClose: () => void;
}

/** One experiment: its plan, what may be done with it, and what it has found. */
export function ExperimentPanel({ id, onClose }: ExperimentPanelProps) {
  const staff = isStaff(useAccount().role);
  const report = useLiveRead<ExperimentReport>(`/ai/experiments/${encodeURIComponent(id)}/report`, {}, { keep: false });
  return (
    <Card
      title={report.data?.experiment.name ?? 'Experiment'}
      icon="flask"
      actions={
        <button type="button" className="button button-icon" aria-label="Close the experiment" onClick={onClose}>
          <Icon name="close" />
        </button>
      }
    >
      <CardBody query={report} skeleton={<div className="skeleton h-80 w-full" />}>
        {(data) => (
          <>
            <Plan experiment={data.experiment} />
            {staff && data.experiment.status !== 'stopped' && <Steps experiment={data.experiment} onGone={onClose} />}
            <Report report={data} />
          </>
        )}
      </CardBody>
    </Card>
  );
}

function Plan({ experiment }: { experiment: Experiment }) {
  const timeZone = useShop().data?.time_zone ?? 'UTC';
  const { placement, kind, metric, attribution_days: days } = experiment;
  const facts: [string, string, string][] = [
    ['Where', placements[placement].name, `Answers to: ${placements[placement].about}.`],
    ['Kind', experimentKinds[kind].name, experimentKinds[kind].about],
    ['What decides', metrics[metric], 'The figure that the verdict is about.'],
    ['Orders count', `for ${plural(days, 'day')}`, 'So long after a customer first saw an answer.'],
    ['When', spanOf(experiment, timeZone), 'In the shop’s time zone.'],
  ];
  return (
    <div className="mb-4 flex flex-wrap items-start gap-x-8 gap-y-3 text-[0.8125rem]">
      <ExperimentStatus experiment={experiment} />
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        {facts.map(([name, value, about]) => (
          <div key={name} title={about}>
            <dt className="text-xs text-ink-3">{name}</dt>
            <dd className="figure mt-0.5 font-medium">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

type Step = 'start' | 'stop' | 'delete';

interface StepLook {
  icon: IconName;
  action: string;
  title: string;
  words: string;
  done: string;
}

const looks: Record<Step, StepLook> = {
  start: {
    icon: 'play',
    action: 'Start it',
    title: 'Start the experiment?',
    words: 'From then on customers get its variants’ answers. Its plan can’t be changed any more, only stopped.',
    done: 'The experiment runs.',
  },
  stop: {
    icon: 'pause',
    action: 'Stop it',
    title: 'Stop the experiment for good?',
    words: 'Everyone gets the usual answers again. Orders of those who took part go on being counted until their days are over. It can’t be started again.',
    done: 'The experiment is stopped.',
  },
  delete: { icon: 'cancelled', action: 'Delete it', title: 'Delete the draft?', words: 'Its plan is gone. This can’t be undone.', done: 'The draft is deleted.' },
};

function Steps({ experiment: { id, status }, onGone }: { experiment: Experiment; onGone: () => void }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<Step | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const steps: Step[] = status === 'draft' ? ['start', 'delete'] : ['stop'];

  const take = async (step: Step) => {
    setBusy(true);
    setProblem(null);
    const path = `/ai/experiments/${encodeURIComponent(id)}`;
    try {
      if (step === 'delete') await send('DELETE', path);
      else await send('POST', `${path}/${step}`);
      toast(looks[step].done, 'good');
      if (step === 'delete') onGone();
    } catch (error) {
      setProblem(toApiError(error));
    }
    await client.invalidateQueries({ predicate: ({ queryKey: [asked] }) => typeof asked === 'string' && asked.startsWith('/ai/experiments') });
    setBusy(false);
  };

  return (
    <div className="mb-5 space-y-3">
      <div className="flex flex-wrap gap-2">
        {steps.map((step) => (
          <button key={step} type="button" disabled={busy} className={`button ${step === 'start' ? 'button-primary' : 'button-danger'}`} onClick={() => setAsking(step)}>
            <Icon name={looks[step].icon} />
            {looks[step].action}
          </button>
        ))}
      </div>
      <FormProblem error={problem} />
      {asking && (
        <ConfirmDialog title={looks[asking].title} action={looks[asking].action} refuse="Not now" onConfirm={() => void take(asking)} onClose={() => setAsking(null)}>
          {looks[asking].words}
        </ConfirmDialog>
      )}
    </div>
  );
}
