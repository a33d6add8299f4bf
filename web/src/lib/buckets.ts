import { addDays, daysInclusive, type Day } from './dates';
import { dayLong, dayOfWeek, dayShort, monthLong, monthShort } from './format';

/** How a time axis is cut. */
export const buckets = ['hour', 'day', 'week', 'month'] as const;
export type Bucket = (typeof buckets)[number];

/** In days: fewer make a single place, more make too many to be looked at. */
const least: Record<Bucket, number> = { hour: 1, day: 2, week: 8, month: 32 };
const most: Record<Bucket, number> = { hour: 31, day: 1_100, week: 3_660, month: 3_660 };
const comfortable: Record<Bucket, number> = { hour: 2, day: 62, week: 400, month: 3_660 };

/** Those that make neither one lonely bar nor a thousand. */
export function bucketsFor(from: Day, to: Day): readonly Bucket[] {
  const days = daysInclusive(from, to);
  return buckets.filter((bucket) => least[bucket] <= days && days <= most[bucket]);
}

/** The finest that can be read at a glance. */
export function usualBucket(from: Day, to: Day): Bucket {
  const days = daysInclusive(from, to);
  return buckets.find((bucket) => days <= comfortable[bucket]) ?? 'month';
}

/** The wished one, unless these days can't be cut so: an address may be of other days. */
export function bucketFor(wished: Bucket | 'auto', from: Day, to: Day): Bucket {
  return wished !== 'auto' && bucketsFor(from, to).includes(wished) ? wished : usualBucket(from, to);
}

/** What a row's time is called; the value is as the API writes it: an hour with its offset, a day, a week's Monday, a month. */
export function bucketLabel(bucket: Bucket, value: string): string {
  switch (bucket) {
    case 'hour':
      return `${dayLong(value.slice(0, 10))}, ${value.slice(11, 16)}`;
    case 'day':
      return dayLong(value);
    case 'week':
      return `Week of ${dayLong(value)}`;
    case 'month':
      return monthLong(value);
  }
}

/** The same for many; an hour that the clock shows twice, when it is set back, is told from the other by its offset. */
export function bucketLabels(bucket: Bucket, values: readonly string[]): (value: string) => string {
  if (bucket !== 'hour') return (value) => bucketLabel(bucket, value);
  const onClock = (value: string) => value.slice(0, 19);
  const times = new Map<string, number>();
  for (const value of values) times.set(onClock(value), (times.get(onClock(value)) ?? 0) + 1);
  return (value) => bucketLabel(bucket, value) + ((times.get(onClock(value)) ?? 0) > 1 ? ` (UTC${value.slice(19)})` : '');
}

/** What a row's time is called on an axis of so many places. */
export function bucketTick(bucket: Bucket, value: string, places: number): string {
  switch (bucket) {
    case 'hour':
      return places > 48 ? `${dayShort(value.slice(0, 10))} ${value.slice(11, 16)}` : value.slice(11, 16);
    case 'day':
      return places > 14 ? dayShort(value) : dayOfWeek(value);
    case 'week':
      return dayShort(value);
    case 'month':
      return monthShort(value);
  }
}

/** Whether a week or a month lies only in part within the days that are looked at. */
export function isCut(bucket: Bucket, value: string, from: Day, to: Day): boolean {
  if (bucket === 'week') return value < from || addDays(value, 6) > to;
  if (bucket !== 'month') return false;
  const first = `${value}-01`;
  return first < from || addDays(addDays(first, 31).slice(0, 8) + '01', -1) > to;
}
