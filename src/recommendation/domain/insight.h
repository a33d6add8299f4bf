#pragma once

#include <memory>

#include "recommendation/domain/lessons.h"
#include "recommendation/domain/local_ease.h"

namespace cloudcart::recommendation {

/// The heavy part of a model, made in the background from the orders of one moment and exchanged as a whole. It
/// tells of the products that were there then; those that came since are left to the counts.
struct Insight {
  explicit Insight(Epochs& epochs)
      : orders_ease(epochs, {}),
        customers_ease(epochs, {}),
        profile_ease(epochs, {.neighbours = 100, .l2 = 300, .row_entries = 200}),
        customers_together(epochs) {}

  bool knows(std::uint32_t product) const { return product < products; }
  std::size_t bytes() const {
    return orders_ease.bytes() + customers_ease.bytes() + profile_ease.bytes() + customers_together.bytes();
  }

  std::size_t products = 0;
  LocalEase orders_ease;        ///< of orders: what completes a basket
  LocalEase customers_ease;     ///< of customers, over all their orders, for baskets
  LocalEase profile_ease;       ///< of customers, steadier: what suits all that somebody bought
  LiveRows customers_together;  ///< share of a product's pairs over customers; the largest of each row
  Lessons lessons;
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
