import type { Alert } from '../../api/types';

type Filter = Alert['filters'][number];

/** A filter as it is typed. */
export interface FilterDraft {
  /** Tells the rows of the form apart. */
  key: number;
  dimension: Filter['dimension'];
  exclude: boolean;
  /** One value a line. */
  lines: string;
  /** Whether orders that name no customer belong to it; of customers only. */
  nobody: boolean;
}

/** An alert as it is typed: numbers are texts, so that what is wrong with them can be said. */
export interface AlertDraft {
  name: string;
  metric: string;
  filters: readonly FilterDraft[];
  window: string;
  type: 'threshold' | 'sudden_change';
  side: 'above' | 'below';
  value: string;
  direction: 'up' | 'down' | 'either';
  percent: string;
  baseline: 'window_before' | 'week_earlier';
  minimum: string;
  /** Where it is over, if that is not where it fires. */
  clear: string;
  coolDown: string;
  enabled: boolean;
  webhook: string;
  secret: string;
}

export const freshAlert: AlertDraft = {
  name: '',
  metric: 'net_revenue',
  filters: [],
  window: '60',
  type: 'threshold',
  side: 'below',
  value: '',
  direction: 'either',
  percent: '',
  baseline: 'week_earlier',
  minimum: '',
  clear: '',
  coolDown: '15',
  enabled: true,
  webhook: '',
  secret: '',
};

/** As many as the API takes. */
export const mostFilters = 4;

export const freshFilter = (key: number): FilterDraft => ({ key, dimension: 'category', exclude: false, lines: '', nobody: false });

export function draftOf(alert: Alert): AlertDraft {
  return {
    ...freshAlert,
    ...draftOfCondition(alert.condition),
    name: alert.name,
    metric: alert.metric,
    filters: alert.filters.map(({ dimension, exclude, values }, key) => ({
      key,
      dimension,
      exclude,
      lines: values.filter((value) => value !== null).join('\n'),
      nobody: values.includes(null),
    })),
    window: String(alert.window_minutes),
    coolDown: String(alert.cool_down_minutes),
    enabled: alert.enabled,
    webhook: alert.webhook?.url ?? '',
  };
}

function draftOfCondition(condition: Alert['condition']): Partial<AlertDraft> {
  // A bound to come back to that is the bound itself moves with it, as if it had been left out.
  const clearOf = (clear: number | string | undefined, fires: number | string) => (clear === undefined || Number(clear) === Number(fires) ? '' : String(clear));
  if (condition.type === 'threshold') {
    const { type, side, value, clear_at: clear } = condition;
    return { type, side, value: String(value), clear: clearOf(clear, value) };
  }
  const { type, direction, percent, clear_percent: clear, baseline, minimum_baseline: minimum } = condition;
  return { type, direction, percent: String(percent), clear: clearOf(clear, percent), baseline, minimum: String(minimum) };
}

/** The body of the request; numbers that are none are sent as typed, so that the API says what is wrong with them. */
export function bodyOf(draft: AlertDraft, version: number | null) {
  return {
    name: draft.name.trim(),
    metric: draft.metric,
    filters: draft.filters.map(({ dimension, exclude, lines, nobody }) => ({
      dimension,
      exclude,
      values: [...linesOf(lines), ...(dimension === 'customer' && nobody ? [null] : [])],
    })),
    window_minutes: whole(draft.window),
    cool_down_minutes: whole(draft.coolDown),
    enabled: draft.enabled,
    condition: conditionOf(draft),
    webhook: webhookOf(draft),
    ...(version === null ? {} : { version }),
  };
}

function conditionOf({ type, side, value, direction, percent, baseline, minimum, clear }: AlertDraft) {
  const back = clear.trim();
  return type === 'threshold'
    ? { type, side, value: figure(value), ...(back !== '' && { clear_at: figure(back) }) }
    : {
        type,
        direction,
        percent: figure(percent),
        baseline,
        minimum_baseline: figure(minimum),
        ...(back !== '' && { clear_percent: figure(back) }),
      };
}

function webhookOf({ webhook, secret }: AlertDraft) {
  const url = webhook.trim();
  return url === '' ? null : { url, ...(secret !== '' && { secret }) };
}

const whole = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text);

// Figures that are counted have to be numbers; amounts keep their decimals as they were typed.
const figure = (text: string) => (/^-?\d{1,15}$/.test(text.trim()) ? Number(text) : text.trim());

const linesOf = (text: string) => text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
