import { Field, problemOf } from '../../components/Field';
import { Icon } from '../../components/Icon';
import { freeKey, mostGuardrails, mostVariants, type Draft, type DraftGuardrail, type DraftVariant } from './experimentDraft';
import { Select } from './Select';
import { methods, metrics } from './words';

interface PartProps {
  draft: Draft;
  /** What the API found wrong. */
  details: readonly string[];
  onChange: (part: Partial<Draft>) => void;
}

const methodNames = Object.fromEntries(Object.entries(methods).map(([method, { name }]) => [method, name])) as Record<DraftVariant['algorithm'], string>;

/** Who answers whom: two to five variants, one of which the others are held against. */
export function VariantFields({ draft, details, onChange }: PartProps) {
  const { variants, control, kind } = draft;
  const most = kind === 'ab' ? mostVariants : 2;
  const set = (key: number, part: Partial<DraftVariant>) => onChange({ variants: variants.map((one) => (one.key === key ? { ...one, ...part } : one)) });
  const remove = (key: number) => {
    const left = variants.filter((one) => one.key !== key);
    onChange({ variants: left, control: key === control ? (left[0]?.key ?? 0) : control });
  };
  return (
    <fieldset className="space-y-3">
      <legend className="mb-2 text-[0.8125rem] font-medium">Variants</legend>
      {variants.map((variant, index) => (
        <div key={variant.key} className="grid grid-cols-2 items-start gap-3 rounded-xl bg-fill p-3 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_5rem_auto_auto]">
          <Field label="Name" problem={problemOf(details, `variants[${index}].name`)}>
            {(field) => <input {...field} maxLength={50} value={variant.name} onChange={({ target }) => set(variant.key, { name: target.value })} />}
          </Field>
          <Field label="Answers by" problem={problemOf(details, `variants[${index}].algorithm`)}>
            {(field) => <Select control={field} names={methodNames} value={variant.algorithm} onChange={(algorithm) => set(variant.key, { algorithm })} />}
          </Field>
          <Field label="Weight" problem={problemOf(details, `variants[${index}].weight`)}>
            {(field) => <input {...field} inputMode="numeric" disabled={kind === 'interleaving'} value={variant.weight} onChange={({ target }) => set(variant.key, { weight: target.value })} />}
          </Field>
          <label className="mt-5 flex min-h-10 items-center gap-2 text-[0.8125rem]">
            <input type="radio" name="control" className="size-4 accent-(--accent)" checked={variant.key === control} onChange={() => onChange({ control: variant.key })} />
            Control
          </label>
          <button type="button" className="button button-icon mt-5.5" aria-label={`Take ${variant.name || 'the variant'} away`} disabled={variants.length <= 2} onClick={() => remove(variant.key)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
      <p role="alert" className="text-xs text-bad empty:hidden">{problemOf(details, 'variants')}</p>
      {variants.length < most && (
        <button type="button" className="button" onClick={() => onChange({ variants: [...variants, { key: freeKey(variants), name: '', algorithm: 'co_purchase', weight: '1' }] })}>
          <Icon name="plus" />
          Another variant
        </button>
      )}
    </fieldset>
  );
}

/** What must not get worse, whatever gets better. */
export function GuardrailFields({ draft: { guardrails }, details, onChange }: PartProps) {
  const set = (key: number, part: Partial<DraftGuardrail>) => onChange({ guardrails: guardrails.map((one) => (one.key === key ? { ...one, ...part } : one)) });
  return (
    <fieldset className="space-y-3">
      <legend className="mb-2 text-[0.8125rem] font-medium">Guardrails: what must not fall</legend>
      {guardrails.map((guardrail, index) => (
        <div key={guardrail.key} className="grid grid-cols-2 items-start gap-3 rounded-xl bg-fill p-3 sm:grid-cols-[minmax(0,1fr)_8rem_auto_auto]">
          <Field label="Figure" problem={problemOf(details, `guardrails[${index}].metric`)}>
            {(field) => <Select control={field} names={metrics} value={guardrail.metric} onChange={(metric) => set(guardrail.key, { metric })} />}
          </Field>
          <Field label="By at most, %" problem={problemOf(details, `guardrails[${index}].max_drop_percent`)}>
            {(field) => <input {...field} inputMode="decimal" value={guardrail.maxDrop} onChange={({ target }) => set(guardrail.key, { maxDrop: target.value })} />}
          </Field>
          <label className="mt-5 flex min-h-10 items-center gap-2 text-[0.8125rem]">
            <input type="checkbox" className="size-4 accent-(--accent)" checked={guardrail.stops} onChange={({ target }) => set(guardrail.key, { stops: target.checked })} />
            Stops it
          </label>
          <button type="button" className="button button-icon mt-5.5" aria-label="Take the guardrail away" onClick={() => onChange({ guardrails: guardrails.filter(({ key }) => key !== guardrail.key) })}>
            <Icon name="close" />
          </button>
        </div>
      ))}
      <p role="alert" className="text-xs text-bad empty:hidden">{problemOf(details, 'guardrails')}</p>
      {guardrails.length < mostGuardrails && (
        <button type="button" className="button" onClick={() => onChange({ guardrails: [...guardrails, { key: freeKey(guardrails), metric: 'revenue_per_customer', maxDrop: '5', stops: true }] })}>
          <Icon name="plus" />
          A guardrail
        </button>
      )}
    </fieldset>
  );
}
