import type { ProductReportRow } from '../../api/types';
import type { IconName } from '../../components/Icon';
import { count, plural } from '../../lib/format';

/** How long what is in stock lasts, as a sign: an icon and words, which colour only underlines. */
export interface StockSign {
  icon: IconName;
  tone: 'bad' | 'warn' | 'plain' | 'quiet';
  text: string;
  /** The same at length. */
  title: string;
}

// A week is what ordering anew usually takes; a product that lasts for less is to be seen to.
const soon = 7;

export function stockSign(row: Pick<ProductReportRow, 'available' | 'days_of_stock_left'>): StockSign {
  const { available, days_of_stock_left: days } = row;
  if (available === null) {
    return { icon: 'help', tone: 'quiet', text: 'not known', title: 'The catalogue does not answer, or has no such product.' };
  }
  if (available === 0) return { icon: 'cancelled', tone: 'bad', text: 'out', title: 'None can be ordered.' };
  const units = plural(available, 'unit');
  if (days === null) {
    return { icon: 'flat', tone: 'quiet', text: 'no sales in the period', title: `${units} available; nothing was sold that could say how long they last.` };
  }
  const title = `${units} last ${days} days if they sell as they did in these days.`;
  // Tenths of a day matter as long as there are few days.
  const text = days < 1 ? 'less than a day left' : `${days < soon ? days : count(days)} ${days === 1 ? 'day' : 'days'} left`;
  return days < soon ? { icon: 'warning', tone: 'warn', text, title } : { icon: 'confirmed', tone: 'plain', text, title };
}
