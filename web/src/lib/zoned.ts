/**
 * Wall-clock times of the shop's zone, as fields of date and time hold them: `YYYY-MM-DDTHH:MM`.
 */
const parts = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

/** What the zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric',
  });
  const shown = Object.fromEntries(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map((part) => shown[part] ?? 0);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instant / 1_000) * 1_000;
}

/**
 * The instant at which the zone's clocks show this, as ISO 8601 in UTC; null for what is no time. Of an hour that comes twice the first,
 * of one that is left out the instant that the clocks would have shown it at had they not been put forward.
 */
export function instantOf(local: string, timeZone: string): string | null {
  const asUtc = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local) ? Date.parse(`${local}:00Z`) : NaN;
  if (Number.isNaN(asUtc)) return null;
  // The offset of the day before is that before any change of this day's clocks.
  const before = asUtc - offsetAt(asUtc - 86_400_000, timeZone);
  const after = asUtc - offsetAt(asUtc + 86_400_000, timeZone);
  const fits = [before, after].find((instant) => instant + offsetAt(instant, timeZone) === asUtc);
  return new Date(fits ?? before).toISOString();
}
