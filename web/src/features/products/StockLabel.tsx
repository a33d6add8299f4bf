import { Icon } from '../../components/Icon';
import { stockSign, type StockSign } from './stockSign';

const tones: Record<StockSign['tone'], string> = { bad: 'text-bad', warn: 'text-warn', plain: 'text-ink-2', quiet: 'text-ink-3' };

interface StockLabelProps {
  available: number | null;
  days: number | null;
}

export function StockLabel({ available, days }: StockLabelProps) {
  const { icon, tone, text, title } = stockSign({ available, days_of_stock_left: days });
  return (
    <span title={title} className={`inline-flex items-center gap-1.5 whitespace-nowrap ${tones[tone]}`}>
      <Icon name={icon} className="size-3.5" />
      {text}
    </span>
  );
}

/** Said of a product that can't be ordered any more. */
export function InactiveBadge() {
  return (
    <span title="Taken out of the catalogue: nobody can order it." className="inline-flex items-center gap-1 rounded-md bg-fill px-1.5 py-0.5 text-xs font-medium text-ink-2">
      <Icon name="pause" className="size-3" />
      inactive
    </span>
  );
}
