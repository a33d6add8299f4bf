import { useEffect, useRef } from 'react';
import { useShop } from '../../api/queries';
import { eventText } from '../../components/alertText';
import { toast } from '../../lib/toasts';
import { useLive } from '../../live/LiveProvider';

/** Says what alerts say the moment they do, whatever is looked at; each once. */
export function AlertToasts() {
  const { alerts } = useLive();
  const currency = useShop().data?.currency;
  const told = useRef(new Set<string>());
  useEffect(() => {
    if (currency === undefined) return;
    for (const event of alerts) {
      if (told.current.has(event.event_id)) continue;
      told.current.add(event.event_id);
      toast(eventText(event, currency), event.type === 'alert.fired' ? 'bad' : 'good');
    }
  }, [alerts, currency]);
  return null;
}
