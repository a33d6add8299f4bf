import type { Experiment, ExperimentFinding, ExperimentMetric, ExperimentReport } from '../../api/types';
import type { State } from '../../components/StateLabel';
import { count, money, moment, percent, signedPercent } from '../../lib/format';
import { metrics } from './words';

type Interval = { low: number; high: number } | null;
type Comparison = ExperimentFinding['comparisons'][number];
type Guardrail = ExperimentFinding['guardrails'][number];

export function statusOf({ status, stop_reason: reason }: Experiment): { state: State; words: string } {
  if (status === 'draft') return { state: 'plain', words: 'Draft' };
  if (status === 'running') return { state: 'good', words: 'Running' };
  if (reason === 'guardrail') return { state: 'bad', words: 'Stopped by a guardrail' };
  return { state: 'plain', words: reason === 'ended' ? 'Ended as planned' : 'Stopped' };
}

/** When it ran, or will. */
export function spanOf({ status, starts_at: starts, ends_at: ends, started_at: started, stopped_at: stopped }: Experiment, timeZone: string): string {
  const at = (instant: string) => moment(instant, timeZone);
  const until = stopped ?? ends;
  if (started !== null) return `${at(started)} – ${until === null ? 'until it is stopped' : at(until)}`;
  if (status !== 'draft') return '–';
  return `${starts === null ? 'from its start' : `from ${at(starts)}`} ${ends === null ? 'until it is stopped' : `to ${at(ends)}`}`;
}

/** The decision and what it rests on, as one would tell it to somebody who has no time. */
export function verdictOf({ experiment, verdict, winner, sample_ratio: ratio, variants }: ExperimentReport): { state: State; title: string; words: string } {
  const control = variants.find(({ is_control: isControl }) => isControl)?.name ?? 'the control';
  const metric = metrics[experiment.metric].toLowerCase();
  if (ratio.is_wrong) {
    return {
      state: 'bad',
      title: 'The groups are uneven',
      words: 'Fewer people are counted for one variant than its weight says, so something loses them. Nothing is decided until that is mended.',
    };
  }
  if (verdict === 'winner') return { state: 'good', title: `${winner ?? 'A variant'} wins`, words: `It is proven better than ${control} in ${metric}.` };
  if (verdict === 'harmful') {
    const harmful = variants.filter((one) => one.verdict === 'harmful').map(({ name }) => name).join(', ');
    return { state: 'bad', title: `${harmful || 'A variant'} does harm`, words: `It is proven worse than ${control} in ${metric} or in a guardrail.` };
  }
  if (verdict === 'no_difference') {
    return {
      state: 'plain',
      title: 'No difference that matters',
      words: `No variant is better or worse than ${control} in ${metric} by ${percent(experiment.negligible_lift_percent)} or more.`,
    };
  }
  return {
    state: 'plain',
    title: experiment.status === 'running' ? 'Not decided yet' : 'Nothing was decided',
    words: 'The difference may still be chance. You may look as often as you like: the decision is right at every look.',
  };
}

export const verdicts: Record<NonNullable<ExperimentFinding['verdict']>, { state: State; words: string }> = {
  undecided: { state: 'plain', words: 'undecided' },
  winner: { state: 'good', words: 'winner' },
  harmful: { state: 'bad', words: 'harmful' },
  no_difference: { state: 'plain', words: 'no difference' },
};

/** A figure of a metric: a share, or money. */
export const figureOf = (metric: ExperimentMetric, value: number | null | undefined, currency: string): string =>
  value === null || value === undefined ? '–' : metric === 'revenue_per_customer' ? money(value, currency) : percent(value * 100);

export const liftOf = (fraction: number | null): string => (fraction === null ? '–' : signedPercent(fraction * 100));

export const intervalOf = (interval: Interval): string =>
  interval === null ? 'nothing to say yet' : `${signedPercent(interval.low * 100)} to ${signedPercent(interval.high * 100)}`;

// Smaller chances are told apart by nobody.
const leastChance = 0.001;

/** How likely such a difference is by chance alone. */
export const chanceOf = (p: number | null): string =>
  p === null ? '–' : p < leastChance ? `under ${percent(leastChance * 100)}` : percent(p * 100);

export function comparisonWords({ metric, value, control_value: control, lift, always_valid_interval: interval }: Comparison, currency: string): string {
  const pair = `${metrics[metric]}: ${figureOf(metric, value, currency)} against ${figureOf(metric, control, currency)}`;
  return `${pair}${lift === null ? '' : ` (${liftOf(lift)})`}${interval === null ? '' : `; for sure ${intervalOf(interval)}`}.`;
}

export function guardrailOf({ metric, max_drop_percent: most, always_valid_interval: interval, is_broken: broken }: Guardrail): { state: State; words: string; title: string } {
  const found = interval === null ? 'nothing can be said of it yet' : `for sure it changes by ${intervalOf(interval)}`;
  const rule = `${metrics[metric]} may fall by ${percent(most)} at most; ${found}.`;
  if (broken) return { state: 'bad', words: 'broken', title: rule };
  const kept = interval !== null && interval.low * 100 >= -most;
  return kept ? { state: 'good', words: 'kept', title: rule } : { state: 'plain', words: 'not known yet', title: rule };
}

/** A count that only some kinds of experiment have. */
export const people = (n: number | undefined): string => (n === undefined ? '–' : count(n));
