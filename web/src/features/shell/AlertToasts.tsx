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
    // Oldest first, as they were said.
    for (const event of [...alerts].reverse()) {
      if (!told.current.has(event.event_id)) toast(eventText(event, currency), event.type === 'alert.fired' ? 'bad' : 'good');
    }
    // The list is bounded, and so is what has to be remembered of it.
    told.current = new Set(alerts.map(({ event_id: id }) => id));
  }, [alerts, currency]);
  return null;
}
