/** A calendar day as `YYYY-MM-DD`, in the shop's time zone; never an instant. */
export type Day = string;

const dayMs = 86_400_000;
const pattern = /^(\d{4})-(\d{2})-(\d{2})$/;

const toUtc = (day: Day) => Date.parse(`${day}T00:00:00Z`);
const fromUtc = (ms: number): Day => new Date(ms).toISOString().slice(0, 10);

/** True for a day that the calendar has: 2026-02-30 is none. */
export function isDay(text: string): boolean {
  if (!pattern.test(text)) return false;
  const ms = toUtc(text);
  return !Number.isNaN(ms) && fromUtc(ms) === text;
}

export const addDays = (day: Day, days: number): Day => fromUtc(toUtc(day) + days * dayMs);

/** Days from one to the other, both counted. */
export const daysInclusive = (from: Day, to: Day): number =>
  Math.round((toUtc(to) - toUtc(from)) / dayMs) + 1;

/** The calendar day that it is now in a time zone. */
export function dayIn(timeZone: string, now: number): Day {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((p) => p.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

/** A day as a Date to be formatted with `timeZone: 'UTC'`, so that no zone can shift it. */
export const dayAsDate = (day: Day): Date => new Date(toUtc(day));
