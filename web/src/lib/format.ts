import { dayAsDate, type Day } from './dates';

// The page's words are English; figures follow the reader's own kind of English.
const locale = (navigator.languages as readonly string[] | undefined)?.find((l) => l.startsWith('en')) ?? 'en-GB';

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${JSON.stringify(options)}`;
  const made = (cache.get(key) as Intl.NumberFormat | undefined) ?? new Intl.NumberFormat(locale, options);
  cache.set(key, made);
  return made;
}

function date(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${JSON.stringify(options)}`;
  const made = (cache.get(key) as Intl.DateTimeFormat | undefined) ?? new Intl.DateTimeFormat(locale, options);
  cache.set(key, made);
  return made;
}

const moneyFormat = (currency: string) => number({ style: 'currency', currency });

export const money = (amount: number, currency: string): string => moneyFormat(currency).format(amount);

export const signedMoney = (amount: number, currency: string): string =>
  number({ style: 'currency', currency, signDisplay: 'exceptZero' }).format(amount);

/** For axes: £12.5K. */
export const moneyShort = (amount: number, currency: string): string =>
  number({ style: 'currency', currency, notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 }).format(amount);

/** Whole part and fraction apart, so that a large figure can show its cents smaller. */
export function moneyParts(amount: number, currency: string): { whole: string; fraction: string } {
  const parts = moneyFormat(currency).formatToParts(amount);
  const decimal = parts.findIndex((part) => part.type === 'decimal');
  const text = (from: number, to?: number) => parts.slice(from, to).map((part) => part.value).join('');
  return decimal === -1 ? { whole: text(0), fraction: '' } : { whole: text(0, decimal), fraction: text(decimal) };
}

export const count = (value: number): string => number({ maximumFractionDigits: 0 }).format(value);

export const signedCount = (value: number): string => number({ maximumFractionDigits: 0, signDisplay: 'exceptZero' }).format(value);

export const decimal = (value: number): string =>
  number({ minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(value);

/** A percentage that comes as percent, not as a fraction. */
export const percent = (value: number): string =>
  number({ style: 'percent', maximumFractionDigits: 1 }).format(value / 100);

export const signedPercent = (value: number): string =>
  number({ style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(value / 100);

export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

export const dayLong = (day: Day): string =>
  date({ timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(dayAsDate(day));

export const dayShort = (day: Day): string =>
  date({ timeZone: 'UTC', day: 'numeric', month: 'short' }).format(dayAsDate(day));

export const dayOfWeek = (day: Day): string =>
  date({ timeZone: 'UTC', weekday: 'short', day: 'numeric' }).format(dayAsDate(day));

/** A month as `YYYY-MM`: "November 2026". */
export const monthLong = (month: string): string =>
  date({ timeZone: 'UTC', month: 'long', year: 'numeric' }).format(dayAsDate(`${month}-01`));

export const monthShort = (month: string): string =>
  date({ timeZone: 'UTC', month: 'short', year: '2-digit' }).format(dayAsDate(`${month}-01`));

/** "17–23 Nov 2026", or one day. */
export const dayRange = (from: Day, to: Day): string =>
  date({ timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' }).formatRange(dayAsDate(from), dayAsDate(to));

/** The same without the year, for labels beside a range that has it: that of `beside` where it is another one. */
export const dayRangeShort = (from: Day, to: Day, beside = from): string =>
  from.slice(0, 4) === to.slice(0, 4) && to.slice(0, 4) === beside.slice(0, 4)
    ? date({ timeZone: 'UTC', day: 'numeric', month: 'short' }).formatRange(dayAsDate(from), dayAsDate(to))
    : dayRange(from, to);

export const clock = (instant: number | string, timeZone: string): string =>
  date({ timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(new Date(instant));

export const moment = (instant: number | string, timeZone: string): string =>
  date({ timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(new Date(instant));

/** The zone's usual short name, such as GMT or CEST. */
export function zoneName(timeZone: string, now: number): string {
  const part = date({ timeZone, timeZoneName: 'short' })
    .formatToParts(now)
    .find((p) => p.type === 'timeZoneName');
  return part?.value ?? timeZone;
}

/** "Europe/London (GMT)", or the name alone where the short name says the same. */
export function zoneLabel(timeZone: string, now: number): string {
  const short = zoneName(timeZone, now);
  return short === timeZone ? timeZone : `${timeZone} (${short})`;
}

const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });

/** "12 sec. ago"; from a day on, the day itself says more. */
export function ago(instant: string, now: number, timeZone: string): string {
  const seconds = Math.round((Date.parse(instant) - now) / 1000);
  // A clock that is slightly off must not tell of the future.
  if (seconds > -5) return 'just now';
  if (seconds > -60) return relative.format(seconds, 'second');
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  return moment(instant, timeZone);
}

/** "3 days", "4 h 12 min", "38 s": the two largest parts at most. */
export function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
  return plural(Math.floor(whole / 86_400), 'day');
}

/** An id by its end, which tells those of one moment apart. */
export const shortId = (id: string): string => `…${id.slice(-8)}`;
