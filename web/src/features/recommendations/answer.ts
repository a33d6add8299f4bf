import type { PopularProducts, Reason, RecommendationList, Schemas, SimilarProducts } from '../../api/types';

export type Answer = PopularProducts | SimilarProducts | RecommendationList;

export interface Recommended {
  id: string;
  name: string;
  reason: Reason;
  /** Comparable within the answer; null for best sellers, which have none. */
  score: number | null;
  /** Units and orders; of best sellers alone. */
  sold: { units: number; orders: number } | null;
}

export interface Recommendations {
  products: readonly Recommended[];
  algorithm: 'item_similarity' | 'trending' | 'popularity_based';
  method: Schemas['RecommendationMethod'];
  version: number;
}

/** The routes answer alike, under names of their own. */
export function recommendationsOf(answer: Answer): Recommendations {
  const { algorithm, method, model_version: version } = answer;
  return { products: productsOf(answer), algorithm, method, version };
}

function productsOf(answer: Answer): Recommended[] {
  if ('popular_products' in answer) {
    return answer.popular_products.map(({ product_id: id, product_name: name, reason, total_sold: units, order_count: orders }) => ({
      id, name, reason, score: null, sold: { units, orders },
    }));
  }
  const scored = 'similar_products' in answer ? answer.similar_products.map((row) => ({ ...row, score: row.similarity })) : answer.recommendations;
  return scored.map(({ product_id: id, product_name: name, reason, score }) => ({ id, name, reason, score, sold: null }));
}
