import type { Experiment, ExperimentFinding, ExperimentReport, ModelQuality, ModelStatus, QualityOfTask, RecommendationList } from '../../api/types';
import { model } from '../../test/fixtures';

export const teapot = '01932c08-11aa-7b2c-8d4e-5f6071829304';
export const cup = '01932c08-22bb-7c3d-9e5f-607182930415';

export const status = (change: Partial<ModelStatus> = {}): ModelStatus => ({ ...(model as ModelStatus), ...change });

export const list = (change: Partial<RecommendationList> = {}): RecommendationList => ({
  recommendations: [
    {
      product_id: cup,
      product_name: 'BLUE CUP',
      score: 1.82,
      reason: { kind: 'bought_together', text: 'Bought together with BLUE TEAPOT', because: { product_id: teapot, product_name: 'BLUE TEAPOT' } },
    },
    { product_id: '01932c08-33cc-7c3d-9e5f-607182930415', product_name: 'OVEN GLOVE', score: 0, reason: { kind: 'trending', text: 'Selling well now' } },
  ],
  count: 2,
  algorithm: 'item_similarity',
  method: 'blend',
  model_version: 7,
  ...change,
});

export const similar = () => ({
  product_id: teapot,
  similar_products: list().recommendations.map(({ score, ...product }) => ({ ...product, similarity: score })),
  count: 2,
  algorithm: 'item_similarity' as const,
  method: 'blend' as const,
  model_version: 7,
});

const rates = (hitRate: number | null, ndcg: number | null) => ({ hit_rate: hitRate, ndcg });

export const next = (change: Partial<QualityOfTask> = {}): QualityOfTask => ({
  task: 'next',
  cases: 200,
  ...rates(0.31, 0.21),
  baseline: { method: 'popular', ...rates(0.12, 0.06) },
  lift: { hit_rate_difference: 0.19, low: 0.13, high: 0.25 },
  by_day: [
    { date: '2026-11-22', cases: 80, ...rates(0.3, 0.2), baseline: { method: 'popular', ...rates(0.1, 0.05) } },
    { date: '2026-11-23', cases: 120, ...rates(0.325, 0.22), baseline: { method: 'popular', ...rates(0.133, 0.07) } },
  ],
  ...change,
});

export const noCases = (task: QualityOfTask['task']): QualityOfTask => ({
  task,
  cases: 0,
  ...rates(null, null),
  baseline: { method: 'popular', ...rates(null, null) },
  lift: null,
  by_day: [],
});

export const quality = (change: Partial<ModelQuality> = {}): ModelQuality => ({
  period_days: 30,
  from: '2026-10-25',
  to: '2026-11-23',
  cut: 10,
  examined_orders: 200,
  passed_over_orders: 0,
  tasks: [next(), noCases('basket')],
  ...change,
});

export const experiment = (change: Partial<Experiment> = {}): Experiment => ({
  id: '01932c0b-11aa-7b2c-8d4e-5f6071829304',
  name: 'Blend against popular',
  placement: 'next',
  kind: 'ab',
  status: 'running',
  variants: [
    { name: 'popular', algorithm: 'popular', weight: 1, is_control: true },
    { name: 'blend', algorithm: 'blend', weight: 1, is_control: false },
  ],
  starts_at: null,
  ends_at: '2026-12-23T00:00:00.000Z',
  attribution_days: 7,
  metric: 'conversion',
  expected_lift_percent: 10,
  negligible_lift_percent: 2,
  guardrails: [{ metric: 'revenue_per_customer', max_drop_percent: 5, stops_experiment: true }],
  created_at: '2026-11-23T09:00:00.000Z',
  started_at: '2026-11-23T09:05:00.000Z',
  stopped_at: null,
  stop_reason: null,
  ...change,
});

export const control: ExperimentFinding = {
  name: 'popular',
  algorithm: 'popular',
  weight: 1,
  is_control: true,
  subjects: 10_000,
  customers: 10_000,
  impressions: 41_000,
  clicks: 4_100,
  clicks_per_impression: 0.1,
  clicking_subjects: 3_000,
  click_through: 0.3,
  converting_customers: 1_000,
  conversion: 0.1,
  orders: 1_100,
  revenue: 55_000,
  revenue_per_customer: 5.5,
  click_revenue: 8_200,
  revenue_per_impression: 0.2,
  comparisons: [],
  adjusted_p_value: null,
  guardrails: [],
  verdict: null,
};

export const blend: ExperimentFinding = {
  ...control,
  name: 'blend',
  algorithm: 'blend',
  is_control: false,
  subjects: 10_020,
  converting_customers: 1_250,
  conversion: 0.125,
  revenue: 66_000,
  revenue_per_customer: 6.59,
  comparisons: [
    {
      metric: 'conversion',
      value: 0.125,
      control_value: 0.1,
      lift: 0.25,
      confidence_interval: { low: 0.15, high: 0.36 },
      p_value: 1e-7,
      always_valid_interval: { low: 0.1, high: 0.42 },
      always_valid_p_value: 0.00001,
    },
  ],
  adjusted_p_value: 0.00001,
  guardrails: [{ metric: 'revenue_per_customer', max_drop_percent: 5, stops_experiment: true, always_valid_interval: { low: -0.02, high: 0.43 }, is_broken: false }],
  verdict: 'winner',
};

export const report = (change: Partial<ExperimentReport> = {}): ExperimentReport => ({
  experiment: experiment(),
  as_of: '2026-12-01T09:00:00.000Z',
  events_behind: 0,
  verdict: 'winner',
  winner: 'blend',
  sample_ratio: { chi_square: 0.04, p_value: 0.84, always_valid_p_value: 1, is_wrong: false },
  variants: [control, blend],
  interleaving: null,
  ...change,
});
