import type { Experiment, ExperimentMetric, Reason, Schemas } from '../../api/types';

type Method = Schemas['RecommendationMethod'];

/** What each method goes by, as a shop owner would say it. */
export const methods: Record<Method, { name: string; about: string }> = {
  blend: { name: 'Blend', about: 'all of the methods together, weighed as the shop’s own history has taught' },
  co_purchase: { name: 'Co-purchase', about: 'how often two products stand in one order' },
  local_ease: { name: 'Local EASE', about: 'each product foretold from its nearest neighbours by regression' },
  personal_frequency: { name: 'Personal frequency', about: 'what the customer buys, by how often and how lately' },
  discovery: { name: 'Discovery', about: 'what suits the customer and was not bought before' },
  trending: { name: 'Trending', about: 'what sells now, the same for everybody' },
  popular: { name: 'Best sellers', about: 'what has sold most, the same for everybody' },
};

/** Also of a word that is newer than this page. */
export const methodName = (word: string): string => (word in methods ? methods[word as Method].name : word.replaceAll('_', ' '));

/** The family of an answer's algorithm. */
export const algorithms: Record<'item_similarity' | 'trending' | 'popularity_based', string> = {
  item_similarity: 'learnt from orders',
  trending: 'what sells now, for want of anything to go by',
  popularity_based: 'what sells most',
};

export const reasonKinds: Record<Reason['kind'], string> = {
  bought_together: 'Bought together',
  bought_before: 'Bought before',
  goes_with_purchases: 'Goes with purchases',
  trending: 'Sells now',
  popular: 'Best seller',
};

export const placements: Record<Experiment['placement'], { name: string; about: string }> = {
  next: { name: 'For a customer', about: 'a customer’s next order' },
  new: { name: 'New to a customer', about: 'what a customer has not bought before' },
  basket: { name: 'Beside a cart', about: 'what completes a cart' },
  also: { name: 'On a product’s page', about: 'what goes with a product' },
};

export const metrics: Record<ExperimentMetric, string> = {
  conversion: 'Customers who order',
  revenue_per_customer: 'Revenue per customer',
  click_through: 'Visitors who click',
};

export const experimentKinds: Record<Experiment['kind'], { name: string; about: string }> = {
  ab: { name: 'A/B', about: 'Each customer gets one variant’s answers, always the same one.' },
  interleaving: { name: 'Interleaving', about: 'Each answer mixes those of two variants, and the first click chooses: takes far fewer people.' },
};
