import { useQueryClient } from '@tanstack/react-query';
import { useState, type SyntheticEvent } from 'react';
import { send } from '../../api/client';
import { toApiError, type ApiError } from '../../api/errors';
import type { Alert, AnalyticsSchema } from '../../api/types';
import { Dialog } from '../../components/Dialog';
import { Field, problemOf } from '../../components/Field';
import { FormProblem } from '../../components/FormProblem';
import { toast } from '../../lib/toasts';

interface AlertFormProps {
  /** Null for a new one. */
  alert: Alert | null;
  schema: AnalyticsSchema;
  onClose: () => void;
}

interface Draft {
  name: string;
  metric: string;
  window: string;
  type: 'threshold' | 'sudden_change';
  side: 'above' | 'below';
  value: string;
  direction: 'up' | 'down' | 'either';
  percent: string;
  baseline: 'window_before' | 'week_earlier';
  minimum: string;
  coolDown: string;
  enabled: boolean;
  webhook: string;
}

const fresh: Draft = {
  name: '',
  metric: 'net_revenue',
  window: '60',
  type: 'threshold',
  side: 'below',
  value: '',
  direction: 'either',
  percent: '',
  baseline: 'week_earlier',
  minimum: '',
  coolDown: '15',
  enabled: true,
  webhook: '',
};

function draftOf(alert: Alert): Draft {
  const { condition } = alert;
  return {
    ...fresh,
    name: alert.name,
    metric: alert.metric,
    window: String(alert.window_minutes),
    coolDown: String(alert.cool_down_minutes),
    enabled: alert.enabled,
    webhook: alert.webhook?.url ?? '',
    type: condition.type,
    ...(condition.type === 'threshold'
      ? { side: condition.side, value: String(condition.value) }
      : {
          direction: condition.direction,
          percent: String(condition.percent),
          baseline: condition.baseline,
          minimum: String(condition.minimum_baseline),
        }),
  };
}

/** The body of the request; numbers that are none are sent as typed, so that the API says what is wrong with them. */
function bodyOf(draft: Draft, alert: Alert | null) {
  const whole = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text);
  return {
    name: draft.name.trim(),
    metric: draft.metric,
    window_minutes: whole(draft.window),
    cool_down_minutes: whole(draft.coolDown),
    enabled: draft.enabled,
    condition:
      draft.type === 'threshold'
        ? { type: 'threshold', side: draft.side, value: draft.value.trim() }
        : {
            type: 'sudden_change',
            direction: draft.direction,
            percent: draft.percent.trim(),
            baseline: draft.baseline,
            minimum_baseline: draft.minimum.trim(),
          },
    webhook: draft.webhook.trim() === '' ? null : { url: draft.webhook.trim() },
    // What can't be edited here stays as it is.
    ...(alert ? { filters: alert.filters, version: alert.version } : {}),
  };
}

export function AlertForm({ alert, schema, onClose }: AlertFormProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>(alert ? draftOf(alert) : fresh);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const wrong = (field: string) => problemOf(problem?.details ?? [], field);

  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const path = alert ? `/analytics/alerts/${alert.id}` : '/analytics/alerts';
      const data = await send<{ webhook_secret?: string | null }>(alert ? 'PUT' : 'POST', path, bodyOf(draft, alert));
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
        <Field label="Fires when">
          {(control) => (
            <select {...control} value={draft.type} onChange={(event) => change({ type: event.target.value as Draft['type'] })}>
              <option value="threshold">the figure leaves a bound</option>
              <option value="sudden_change">the figure changes suddenly</option>
            </select>
          )}
        </Field>
        {draft.type === 'threshold' ? (
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label="Side" problem={wrong('condition.side')}>
              {(control) => (
                <select {...control} value={draft.side} onChange={(event) => change({ side: event.target.value as Draft['side'] })}>
                  <option value="below">below</option>
                  <option value="above">above</option>
                </select>
              )}
            </Field>
            <Field label="Bound" problem={wrong('condition.value')}>
              {(control) => <input {...control} inputMode="decimal" value={draft.value} onChange={(event) => change({ value: event.target.value })} />}
            </Field>
          </div>
        ) : (
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label="Direction" problem={wrong('condition.direction')}>
              {(control) => (
                <select {...control} value={draft.direction} onChange={(event) => change({ direction: event.target.value as Draft['direction'] })}>
                  <option value="either">up or down</option>
                  <option value="up">up</option>
                  <option value="down">down</option>
                </select>
              )}
            </Field>
            <Field label="By percent" problem={wrong('condition.percent')}>
              {(control) => <input {...control} inputMode="decimal" value={draft.percent} onChange={(event) => change({ percent: event.target.value })} />}
            </Field>
            <Field label="Against" problem={wrong('condition.baseline')}>
              {(control) => (
                <select {...control} value={draft.baseline} onChange={(event) => change({ baseline: event.target.value as Draft['baseline'] })}>
                  <option value="week_earlier">the same time a week earlier</option>
                  <option value="window_before">as long a time right before</option>
                </select>
              )}
            </Field>
            <Field label="Where that was at least" problem={wrong('condition.minimum_baseline')}>
              {(control) => <input {...control} inputMode="decimal" value={draft.minimum} onChange={(event) => change({ minimum: event.target.value })} />}
            </Field>
          </div>
        )}
        <Field label="Quiet for minutes after it fired" problem={wrong('cool_down_minutes')}>
          {(control) => <input {...control} inputMode="numeric" value={draft.coolDown} onChange={(event) => change({ coolDown: event.target.value })} />}
        </Field>
        <Field
          label="Webhook, if somebody shall be told"
          problem={wrong('webhook.url') ?? wrong('webhook')}
          hint="An http or https address that takes a signed POST."
        >
          {(control) => <input {...control} type="url" value={draft.webhook} onChange={(event) => change({ webhook: event.target.value })} />}
        </Field>
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
