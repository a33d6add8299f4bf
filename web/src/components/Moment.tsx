import { useShop } from '../api/queries';
import { ago, moment } from '../lib/format';

interface MomentProps {
  at: string;
  /** Says how long ago it is instead, with the moment for those who point at it. */
  now?: number;
}

/** An instant on the shop's clocks; nothing is told by another clock while they are not known. */
export function Moment({ at, now }: MomentProps) {
  const timeZone = useShop().data?.time_zone;
  if (timeZone === undefined) return <time dateTime={at}>…</time>;
  const full = moment(at, timeZone);
  return now === undefined ? <time dateTime={at}>{full}</time> : <time dateTime={at} title={full}>{ago(at, now, timeZone)}</time>;
}
