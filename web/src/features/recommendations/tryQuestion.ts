import type { Params } from '../../api/queries';

export const subjects = ['everyone', 'product', 'basket', 'customer'] as const;
export type Subject = (typeof subjects)[number];

export const limits = ['10', '5', '20', '50'] as const;
export const diversities = ['0', '0.3', '0.7'] as const;

/** As many products as a basket may be asked about. */
export const mostInBasket = 100;

/** What shall be recommended to whom, as the address says. */
export interface Wishes {
  subject: Subject;
  product: string | null;
  basket: readonly string[];
  customer: string | null;
  limit: string;
  category: string | null;
  diversity: string;
  newOnly: boolean;
}

export type Question = { path: string; params: Params } | { path: string; body: Readonly<Record<string, unknown>> };

/** The question as the API takes it; null while it is not said of what. */
export function questionOf(wishes: Wishes): Question | null {
  const { subject, product, basket, customer, limit, category, diversity, newOnly } = wishes;
  const varied = diversity !== diversities[0];
  const params: Params = { limit, ...(category === null ? {} : { category }), ...(varied ? { diversity } : {}) };
  const path = '/ai/recommendations';
  if (subject === 'everyone') return { path: `${path}/popular`, params };
  if (subject === 'product') return product === null ? null : { path: `${path}/product/${encodeURIComponent(product)}`, params };
  if (subject === 'customer') {
    if (customer === null) return null;
    return { path: `${path}/user/${encodeURIComponent(customer)}`, params: newOnly ? { ...params, new_only: 'true' } : params };
  }
  if (basket.length === 0) return null;
  const body = { product_ids: basket, limit: Number(limit), ...(category === null ? {} : { category }), ...(varied ? { diversity: Number(diversity) } : {}) };
  return { path: `${path}/basket`, body };
}

/** The ids of a basket in the address, each once, no more than may be asked about. */
export const basketOf = (text: string | null): readonly string[] =>
  [...new Set((text ?? '').split(',').filter((id) => id !== ''))].slice(0, mostInBasket);
