import type { Order } from '../../api/types';

/** For showing; a credit note gives back what it totals. */
export const orderTotal = ({ kind, total_amount: total }: Pick<Order, 'kind' | 'total_amount'>): number =>
  kind === 'credit_note' ? -Number(total) : Number(total);
