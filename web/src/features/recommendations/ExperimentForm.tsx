import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, type SyntheticEvent } from 'react';
import { send } from '../../api/client';
import { ApiError, toApiError } from '../../api/errors';
import { useShop } from '../../api/queries';
import type { Experiment, ExperimentMetric } from '../../api/types';
import { Choice } from '../../components/Choice';
import { Field, problemOf } from '../../components/Field';
import { FormProblem } from '../../components/FormProblem';
import { toast } from '../../lib/toasts';
import { emptyDraft, ofKind, requestOf, type Draft } from './experimentDraft';
import { GuardrailFields, VariantFields } from './ExperimentFields';
import { Select } from './Select';
import { experimentKinds, metrics, placements } from './words';

/** Plans an experiment. What the API finds wrong stands below the field that it is about. */
export function ExperimentForm({ onPlanned }: { onPlanned: (experiment: Experiment) => void }) {
  const client = useQueryClient();
  const timeZone = useShop().data?.time_zone ?? 'UTC';
  const [draft, setDraft] = useState<Draft>(emptyDraft);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const details = problem?.details ?? [];

  // What is wrong may have scrolled out of sight.
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (problem !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problem]);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const { experiment } = await send<{ experiment: Experiment }>('POST', '/ai/experiments', requestOf(draft, timeZone));
      toast('The experiment is planned. It begins when it is started.', 'good');
      void client.invalidateQueries({ queryKey: ['/ai/experiments'] });
      onPlanned(experiment);
    } catch (error) {
      setProblem(toApiError(error));
      setBusy(false);
    }
  };

  return (
    <form ref={form} noValidate className="space-y-5" onSubmit={(event) => void submit(event)}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Name" problem={problemOf(details, 'name')}>
          {(control) => <input {...control} required maxLength={100} value={draft.name} placeholder="What shall be found out" onChange={({ target }) => change({ name: target.value })} />}
        </Field>
        <Field label="Where" problem={problemOf(details, 'placement')} hint={`Tries out ${placements[draft.placement].about}.`}>
          {(control) => <Select control={control} names={placementNames} value={draft.placement} onChange={(placement) => change({ placement })} />}
        </Field>
      </div>
      <div>
        <div className="flex">
          <Choice label="Kind" choices={kindChoices} value={draft.kind} onChange={(kind) => setDraft((before) => ofKind(before, kind))} />
        </div>
        <p className="mt-1.5 text-xs text-ink-3">{problemOf(details, 'kind') ?? experimentKinds[draft.kind].about}</p>
      </div>
      <VariantFields draft={draft} details={details} onChange={change} />
      <TimeFields draft={draft} details={details} timeZone={timeZone} onChange={change} />
      <MetricFields draft={draft} details={details} onChange={change} />
      {draft.kind === 'ab' && <GuardrailFields draft={draft} details={details} onChange={change} />}
      <FormProblem error={problem} />
      <div className="flex justify-end">
        <button type="submit" className="button button-primary" disabled={busy}>{busy ? 'Planning…' : 'Plan it'}</button>
      </div>
    </form>
  );
}

const kindChoices = [['ab', experimentKinds.ab.name], ['interleaving', experimentKinds.interleaving.name]] as const;

const placementNames = Object.fromEntries(Object.entries(placements).map(([placement, { name }]) => [placement, name])) as Record<Experiment['placement'], string>;

interface PartProps {
  draft: Draft;
  /** What the API found wrong. */
  details: readonly string[];
  onChange: (part: Partial<Draft>) => void;
}

function TimeFields({ draft, details, timeZone, onChange }: PartProps & { timeZone: string }) {
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Field label={`Begins (${timeZone})`} problem={problemOf(details, 'starts_at')} hint="Empty: when it is started.">
        {(control) => <input {...control} type="datetime-local" value={draft.startsAt} onChange={({ target }) => onChange({ startsAt: target.value })} />}
      </Field>
      <Field label={`Ends (${timeZone})`} problem={problemOf(details, 'ends_at')} hint="Empty: when it is stopped.">
        {(control) => <input {...control} type="datetime-local" value={draft.endsAt} onChange={({ target }) => onChange({ endsAt: target.value })} />}
      </Field>
      <Field label="Orders count for … days" problem={problemOf(details, 'attribution_days')} hint="After a customer first saw an answer.">
        {(control) => <input {...control} inputMode="numeric" value={draft.attributionDays} onChange={({ target }) => onChange({ attributionDays: target.value })} />}
      </Field>
    </div>
  );
}

function MetricFields({ draft, details, onChange }: PartProps) {
  const allowed: readonly ExperimentMetric[] = draft.kind === 'ab' ? ['conversion', 'revenue_per_customer', 'click_through'] : ['click_through'];
  const names = Object.fromEntries(allowed.map((metric) => [metric, metrics[metric]])) as Record<ExperimentMetric, string>;
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Field label="What decides" problem={problemOf(details, 'metric')}>
        {(control) => <Select control={control} names={names} value={draft.metric} onChange={(metric) => onChange({ metric })} />}
      </Field>
      <Field label="Expected change, %" problem={problemOf(details, 'expected_lift_percent')} hint="It is proven quickest near this.">
        {(control) => <input {...control} inputMode="decimal" value={draft.expectedLift} onChange={({ target }) => onChange({ expectedLift: target.value })} />}
      </Field>
      <Field label="Too small to matter, %" problem={problemOf(details, 'negligible_lift_percent')} hint="Below it, it counts as no difference.">
        {(control) => <input {...control} inputMode="decimal" value={draft.negligibleLift} onChange={({ target }) => onChange({ negligibleLift: target.value })} />}
      </Field>
    </div>
  );
}
