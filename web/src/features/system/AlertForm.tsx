import { useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { send } from '../../api/client';
import { toApiError, type ApiError } from '../../api/errors';
import type { Alert, AnalyticsSchema } from '../../api/types';
import { Dialog } from '../../components/Dialog';
import { Field, problemOf } from '../../components/Field';
import { FormProblem } from '../../components/FormProblem';
import { toast } from '../../lib/toasts';
import { bodyOf, draftOf, freshAlert, type AlertDraft } from './alertDraft';
import { ConditionFields, type DraftFieldsProps } from './ConditionFields';
import { FilterFields } from './FilterFields';

interface AlertFormProps {
  /** Null for a new one. */
  alert: Alert | null;
  schema: AnalyticsSchema;
  onClose: () => void;
}

export function AlertForm({ alert, schema, onClose }: AlertFormProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<AlertDraft>(alert ? draftOf(alert) : freshAlert);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<AlertDraft>) => setDraft({ ...draft, ...part });
  const wrong = (field: string) => problemOf(problem?.details ?? [], field);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const path = alert ? `/analytics/alerts/${alert.id}` : '/analytics/alerts';
      const data = await send<{ webhook_secret?: string | null }>(alert ? 'PUT' : 'POST', path, bodyOf(draft, alert?.version ?? null));
      toast(alert ? 'The alert is changed.' : 'The metric is watched from now on.', 'good');
      // Not waited for: the secret is told this once, and what else is on the page may take its time.
      void client.invalidateQueries();
      if (typeof data.webhook_secret === 'string') setSecret(data.webhook_secret);
      else onClose();
    } catch (error) {
      setProblem(toApiError(error));
    }
    setBusy(false);
  };

  if (secret !== null) return <Secret secret={secret} onClose={onClose} />;
  return (
    <Dialog title={alert ? `Change “${alert.name}”` : 'Watch a metric'} onClose={onClose} width="32rem">
      <form noValidate className="space-y-3" onSubmit={(event) => void submit(event)}>
        <Field label="Name" problem={wrong('name')}>
          {(control) => <input {...control} value={draft.name} onChange={(event) => change({ name: event.target.value })} />}
        </Field>
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label="Metric" problem={wrong('metric')}>
            {(control) => (
              <select {...control} value={draft.metric} onChange={(event) => change({ metric: event.target.value })}>
                {schema.metrics.map(({ name, title }) => <option key={name} value={name}>{title}</option>)}
              </select>
            )}
          </Field>
          <Field label="Over the last minutes" problem={wrong('window_minutes')}>
            {(control) => <input {...control} inputMode="numeric" value={draft.window} onChange={(event) => change({ window: event.target.value })} />}
          </Field>
        </div>
        <FilterFields draft={draft} change={change} wrong={wrong} />
        <ConditionFields draft={draft} change={change} wrong={wrong} />
        <Field label="Quiet for minutes after it fired" problem={wrong('cool_down_minutes')}>
          {(control) => <input {...control} inputMode="numeric" value={draft.coolDown} onChange={(event) => change({ coolDown: event.target.value })} />}
        </Field>
        <WebhookFields draft={draft} change={change} wrong={wrong} signed={alert?.webhook != null} />
        <label className="flex items-center gap-3 text-[0.8125rem]">
          <input type="checkbox" className="size-4 accent-(--accent)" checked={draft.enabled} onChange={(event) => change({ enabled: event.target.checked })} />
          Switched on
        </label>
        <FormProblem error={problem} />
        <div className="flex justify-end gap-2 pt-1">
          <button type="button" className="button" onClick={onClose}>Leave it</button>
          <button type="submit" className="button button-primary" disabled={busy}>{busy ? 'Saving…' : 'Save'}</button>
        </div>
      </form>
    </Dialog>
  );
}

function WebhookFields({ draft, change, wrong, signed }: DraftFieldsProps & { signed: boolean }) {
  return (
    <>
      <Field
        label="Webhook, if somebody shall be told"
        problem={wrong('webhook.url') ?? wrong('webhook')}
        hint="An http or https address that takes a signed POST."
      >
        {(control) => <input {...control} type="url" value={draft.webhook} onChange={(event) => change({ webhook: event.target.value })} />}
      </Field>
      {draft.webhook.trim() !== '' && (
        <Field
          label="Secret that signs it"
          problem={wrong('webhook.secret')}
          hint={signed ? 'Left empty, it stays the one it is.' : 'Left empty, one is made and shown once.'}
        >
          {(control) => (
            <input {...control} type="password" autoComplete="off" value={draft.secret} onChange={(event) => change({ secret: event.target.value })} />
          )}
        </Field>
      )}
    </>
  );
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog title="The webhook’s secret" onClose={onClose}>
      <p className="mb-3 text-[0.8125rem] leading-relaxed text-ink-2">
        It signs what is sent, so that the other side can tell it is from here. It is shown this once: keep it where the webhook is answered.
      </p>
      <code className="block rounded-lg border border-line bg-fill p-3 font-mono text-xs break-all select-all">{secret}</code>
      <div className="mt-4 flex justify-end">
        <button type="button" className="button button-primary" onClick={onClose}>Kept</button>
      </div>
    </Dialog>
  );
}
