#pragma once

#include <algorithm>
#include <memory>

#include "recommendation/domain/lessons.h"
#include "recommendation/domain/local_ease.h"
#include "recommendation/neural/autoencoder.h"

namespace cloudcart::recommendation {

/// The heavy part of a model, made in the background from the orders of one moment and exchanged as a whole. It
/// tells of the products that were there then; those that came since are left to the counts.
struct Insight {
  Insight(Epochs& epochs, std::size_t of_products)
      : products(of_products),
        orders_ease(epochs, {.neighbours = 50, .l2 = 20, .row_entries = row_entries(of_products)}),
        customers_ease(epochs, {.neighbours = 50, .l2 = 20, .row_entries = row_entries(of_products)}),
        profile_ease(epochs, {.neighbours = is_large(of_products) ? 50U : 100U,
                              .l2 = 300,
                              .row_entries = row_entries(of_products)}),
        customers_together(epochs) {}

  /// Large catalogues have many rows and little to tell about most: what each may take is bounded by what all may.
  static bool is_large(std::size_t products) { return products > 20'000; }
  static std::size_t row_entries(std::size_t products) {
    return std::clamp<std::size_t>(4'000'000 / std::max<std::size_t>(products, 1), 40, 200);
  }
  bool knows(std::uint32_t product) const { return product < products; }
  std::size_t bytes() const {
    return orders_ease.bytes() + customers_ease.bytes() + profile_ease.bytes() + customers_together.bytes();
  }

  const std::size_t products;
  LocalEase orders_ease;        ///< of orders: what completes a basket
  LocalEase customers_ease;     ///< of customers, over all their orders, for baskets
  LocalEase profile_ease;       ///< of customers, steadier: what suits all that somebody bought
  LiveRows customers_together;  ///< share of a product's pairs over customers; the largest of each row
  Lessons lessons;
  std::shared_ptr<const neural::Autoencoder> neural;  ///< null unless the model is told to have one
};

struct Facts;

/// Which parts to make; the rest stays empty.
struct InsightParts {
  bool baskets = true;   ///< orders_ease, customers_ease and customers_together
  bool profiles = true;  ///< profile_ease
};

/// From facts that may be added to meanwhile: `products` and `users` are those that were there at a moment when
/// nothing was added.
std::unique_ptr<Insight> make_insight(const Facts& facts, Epochs& epochs, std::size_t products,
                                      std::size_t users, InsightParts parts, const Crew& crew);

}  // namespace cloudcart::recommendation
