import type { QualityOfTask } from '../../api/types';
import { count, percent } from '../../lib/format';

export type Task = QualityOfTask['task'];

/** The questions that orders are put to, in words. */
export const questions: Record<Task, { name: string; asked: string; hit: (cut: number) => string }> = {
  next: {
    name: 'Who orders',
    asked: 'What will this customer order?',
    hit: (cut) => `held something of the ${count(cut)} products that would have been recommended to the customer before`,
  },
  basket: {
    name: 'What is in the cart',
    asked: 'One product of the order is hidden: which?',
    hit: (cut) => `had a hidden product that was among the ${count(cut)} recommended beside the rest of the cart`,
  },
};

/** A share that comes as a fraction; the sign says why where there is none. */
export const share = (fraction: number | null): string => (fraction === null ? '–' : percent(fraction * 100));

/** Points between two shares, signed: "+19 points". */
export function points(difference: number): string {
  const size = Number((Math.abs(difference) * 100).toFixed(1));
  const sign = size === 0 ? '' : difference > 0 ? '+' : '−';
  return `${sign}${size} ${size === 1 ? 'point' : 'points'}`;
}

/** "31% of 200 orders held something …; best sellers alone: 12%." */
export function sentence({ task, cases, hit_rate: ours, baseline }: QualityOfTask, cut: number): string {
  if (ours === null) return `${questions[task].name}: no order to tell by in these days.`;
  const of = cases === 1 ? 'Of the one order' : `Of ${count(cases)} orders`;
  return `${of}, ${share(ours)} ${questions[task].hit(cut)}; of the best sellers alone: ${share(baseline.hit_rate)}.`;
}

/** What the interval of the difference proves. */
export function judgement({ lift }: QualityOfTask): { state: 'good' | 'bad' | 'plain'; words: string } | null {
  if (lift === null) return null;
  if (lift.low > 0) return { state: 'good', words: 'Better than best sellers' };
  if (lift.high < 0) return { state: 'bad', words: 'Worse than best sellers' };
  return { state: 'plain', words: 'Too few orders to tell' };
}
