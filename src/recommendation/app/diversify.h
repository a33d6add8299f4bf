#pragma once

#include <vector>

#include "recommendation/app/recommended_product.h"

namespace cloudcart::recommendation {

/// The `limit` of `products` that make a varied list, by maximal marginal relevance (Carbonell & Goldstein,
/// SIGIR 1998): one after another, each time that with the most
///
///     (1 - diversity) · relevance - diversity · likeness to those chosen already.
///
/// Relevance is the score, from 0 for the least to 1 for the best of `products`. Two products are alike by one
/// half when they are of one category, and by the other when they are recommended because of the same
/// product. Of the likeness to those chosen the mean counts, not the greatest, as in Ziegler et al. (WWW
/// 2005): so the third of a category is worth less than the second. Equals stand in the order they came in;
/// the best comes first whatever the diversity, and with 0 nothing changes.
std::vector<RecommendedProduct> diversified(std::vector<RecommendedProduct> products, std::size_t limit,
                                            double diversity);

}  // namespace cloudcart::recommendation
