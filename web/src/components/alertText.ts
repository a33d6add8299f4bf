import type { Alert, AlertEvent } from '../api/types';
import { count, decimal, money, percent, shortId } from '../lib/format';

type Condition = Alert['condition'];

const plain = (value: number | string) => {
  const number = Number(value);
  return Number.isInteger(number) ? count(number) : decimal(number);
};

/** "above 500", "up by 30% or more": what makes it fire. */
export function conditionText(condition: Condition): string {
  if (condition.type === 'threshold') return `${condition.side} ${plain(condition.value)}`;
  const direction = condition.direction === 'either' ? 'up or down' : condition.direction;
  const baseline = condition.baseline === 'week_earlier' ? 'the same time a week earlier' : 'as long a time right before';
  return `${direction} by ${percent(Number(condition.percent))} or more against ${baseline}`;
}

const manyOf = { product: 'products', category: 'categories', customer: 'customers', status: 'statuses' } as const;

/** "only categories Lamps, Chairs": what part of the shop it looks at. Ids are told by their ends. */
export function filterText({ dimension, values, exclude }: Alert['filters'][number]): string {
  const names = values.map((value) => (value === null ? 'none named' : dimension === 'product' || dimension === 'customer' ? shortId(value) : value));
  return `${exclude ? 'all but' : 'only'} ${manyOf[dimension]} ${names.join(', ')}`;
}

/** "in the last 2 hours". */
export function windowText(minutes: number): string {
  if (minutes % 1440 === 0) return `in the last ${minutes === 1440 ? 'day' : `${count(minutes / 1440)} days`}`;
  if (minutes % 60 === 0) return `in the last ${minutes === 60 ? 'hour' : `${count(minutes / 60)} hours`}`;
  return `in the last ${minutes === 1 ? 'minute' : `${count(minutes)} minutes`}`;
}

/** A figure of an event in the unit of its metric. */
export function eventFigure(value: number | null, { unit }: AlertEvent, currency: string): string {
  if (value === null) return '–';
  switch (unit) {
    case 'amount':
      return money(value, currency);
    case 'percent':
      return percent(value);
    case 'hours':
      return `${decimal(value)} h`;
    case 'count':
      return plain(value);
  }
}

/** What an event says, for a toast. */
export const eventText = (event: AlertEvent, currency: string): string =>
  event.type === 'alert.fired'
    ? `${event.alert_name}: ${event.metric.replaceAll('_', ' ')} is ${eventFigure(event.value, event, currency)} ${windowText(event.window_minutes)}.`
    : `${event.alert_name} is over.`;
