import type { Experiment, ExperimentMetric, ExperimentRequest } from '../../api/types';
import { instantOf } from '../../lib/zoned';

export interface DraftVariant {
  key: number;
  name: string;
  algorithm: ExperimentRequest['variants'][number]['algorithm'];
  weight: string;
}

export interface DraftGuardrail {
  key: number;
  metric: ExperimentMetric;
  maxDrop: string;
  stops: boolean;
}

/** The form as it is filled in: figures as typed, times on the shop's clocks. */
export interface Draft {
  name: string;
  placement: Experiment['placement'];
  kind: Experiment['kind'];
  variants: readonly DraftVariant[];
  /** The key of the variant that the others are held against. */
  control: number;
  startsAt: string;
  endsAt: string;
  attributionDays: string;
  metric: ExperimentMetric;
  expectedLift: string;
  negligibleLift: string;
  guardrails: readonly DraftGuardrail[];
}

export const mostVariants = 5;
export const mostGuardrails = 5;

export const emptyDraft: Draft = {
  name: '',
  placement: 'next',
  kind: 'ab',
  variants: [
    { key: 1, name: 'as now', algorithm: 'blend', weight: '1' },
    { key: 2, name: 'best sellers', algorithm: 'popular', weight: '1' },
  ],
  control: 1,
  startsAt: '',
  endsAt: '',
  attributionDays: '7',
  metric: 'conversion',
  expectedLift: '10',
  negligibleLift: '2',
  guardrails: [],
};

/** Interleaving is of two variants alike in weight, decided by clicks, without guardrails. */
export function ofKind(draft: Draft, kind: Draft['kind']): Draft {
  if (kind === 'ab') return { ...draft, kind, metric: 'conversion' };
  const variants = draft.variants.slice(0, 2).map((variant) => ({ ...variant, weight: '1' }));
  const control = variants.some(({ key }) => key === draft.control) ? draft.control : (variants[0]?.key ?? 0);
  return { ...draft, kind, variants, control, metric: 'click_through', guardrails: [] };
}

/** What is typed as a number is sent as one; anything else goes as it is, so that the API says what is wrong with it. */
const number = (text: string): number => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : (text.trim() as unknown as number));

/** The request that this form means. A time that can't be read goes as typed, likewise. */
export function requestOf(draft: Draft, timeZone: string): ExperimentRequest {
  const time = (local: string) => instantOf(local, timeZone) ?? local;
  return {
    name: draft.name.trim(),
    placement: draft.placement,
    kind: draft.kind,
    variants: draft.variants.map(({ key, name, algorithm, weight }) => ({ name: name.trim(), algorithm, weight: number(weight), is_control: key === draft.control })),
    ...(draft.startsAt === '' ? {} : { starts_at: time(draft.startsAt) }),
    ...(draft.endsAt === '' ? {} : { ends_at: time(draft.endsAt) }),
    attribution_days: number(draft.attributionDays),
    metric: draft.metric,
    expected_lift_percent: number(draft.expectedLift),
    negligible_lift_percent: number(draft.negligibleLift),
    guardrails: draft.guardrails.map(({ metric, maxDrop, stops }) => ({ metric, max_drop_percent: number(maxDrop), stops_experiment: stops })),
  };
}

/** The smallest key that is not taken. */
export const freeKey = (items: readonly { key: number }[]): number => Math.max(0, ...items.map(({ key }) => key)) + 1;
