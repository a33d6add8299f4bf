import { Field } from '../../components/Field';
import type { AlertDraft } from './alertDraft';

export interface DraftFieldsProps {
  draft: AlertDraft;
  change: (part: Partial<AlertDraft>) => void;
  /** What the API found wrong with a field. */
  wrong: (field: string) => string | undefined;
}

/** When an alert fires and when that is over. */
export function ConditionFields(props: DraftFieldsProps) {
  const { draft, change, wrong } = props;
  return (
    <>
      <Field label="Fires when" problem={wrong('condition.type')}>
        {(control) => (
          <select {...control} value={draft.type} onChange={(event) => change({ type: event.target.value as AlertDraft['type'], clear: '' })}>
            <option value="threshold">the figure leaves a bound</option>
            <option value="sudden_change">the figure changes suddenly</option>
          </select>
        )}
      </Field>
      <div className="grid gap-3 sm:grid-cols-2">{draft.type === 'threshold' ? <Threshold {...props} /> : <SuddenChange {...props} />}</div>
    </>
  );
}

function Threshold({ draft, change, wrong }: DraftFieldsProps) {
  return (
    <>
      <Field label="Side" problem={wrong('condition.side')}>
        {(control) => (
          <select {...control} value={draft.side} onChange={(event) => change({ side: event.target.value as AlertDraft['side'] })}>
            <option value="below">below</option>
            <option value="above">above</option>
          </select>
        )}
      </Field>
      <Field label="Bound" problem={wrong('condition.value')}>
        {(control) => <input {...control} inputMode="decimal" value={draft.value} onChange={(event) => change({ value: event.target.value })} />}
      </Field>
      <Field label="Over once it is back at" problem={wrong('condition.clear_at')} hint="Left empty: the bound itself.">
        {(control) => <input {...control} inputMode="decimal" value={draft.clear} onChange={(event) => change({ clear: event.target.value })} />}
      </Field>
    </>
  );
}

function SuddenChange({ draft, change, wrong }: DraftFieldsProps) {
  return (
    <>
      <Field label="Direction" problem={wrong('condition.direction')}>
        {(control) => (
          <select {...control} value={draft.direction} onChange={(event) => change({ direction: event.target.value as AlertDraft['direction'] })}>
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
          <select {...control} value={draft.baseline} onChange={(event) => change({ baseline: event.target.value as AlertDraft['baseline'] })}>
            <option value="week_earlier">the same time a week earlier</option>
            <option value="window_before">as long a time right before</option>
          </select>
        )}
      </Field>
      <Field label="Where that was at least" problem={wrong('condition.minimum_baseline')}>
        {(control) => <input {...control} inputMode="decimal" value={draft.minimum} onChange={(event) => change({ minimum: event.target.value })} />}
      </Field>
      <Field label="Over below percent" problem={wrong('condition.clear_percent')} hint="Left empty: the percent at which it fires.">
        {(control) => <input {...control} inputMode="decimal" value={draft.clear} onChange={(event) => change({ clear: event.target.value })} />}
      </Field>
    </>
  );
}
