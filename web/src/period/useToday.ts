import { dayIn, type Day } from '../lib/dates';
import { useNow } from '../lib/useNow';

/** The shop's calendar day, also after midnight; null until the shop's time zone is known. */
export function useToday(timeZone: string | null): Day | null {
  const now = useNow(20_000);
  return timeZone === null ? null : dayIn(timeZone, now);
}
