#pragma once

#include <unordered_set>
#include <vector>

#include "recommendation/app/recommended_product.h"
#include "recommendation/app/wishes.h"

namespace cloudcart::recommendation {

/// Takes from candidates, best first, those that can be bought now and are as wished, until there are enough.
/// Asks the assortment for as few as it takes, and for the products that reasons name together with them.
class ProductPicker {
 public:
  /// `with` is looked up as well, at the latest by finish(). All that is referred to outlives the picker.
  ProductPicker(Assortment& assortment, TenantId tenant, const Wishes& wishes, Deadline deadline,
                std::vector<ProductId> with = {});

  /// Goes through `candidates` in their order; those of an earlier call are skipped. Errors: those of the
  /// assortment.
  Task<Status> take(std::vector<Recommendation> candidates);
  /// Looks up what was asked for in vain so far.
  Task<Status> finish();

  bool has_enough() const { return picked_.size() >= wanted_; }
  std::size_t picked() const { return picked_.size(); }
  /// How many are gathered: the limit, and with diversity several times that to choose from.
  std::size_t wanted() const { return wanted_; }
  /// Whether the assortment knows a product of those that were looked up.
  bool knows(ProductId id) const { return find(id) != nullptr; }
  /// What was picked, in order and with the names of reasons; after finish().
  std::vector<RecommendedProduct> products() &&;

 private:
  Task<Status> look_up(std::vector<ProductId> ids);
  const AssortmentProduct* find(ProductId id) const;
  bool fits(const AssortmentProduct& product) const;

  Assortment& assortment_;
  const TenantId tenant_;
  const Wishes& wishes_;
  const Deadline deadline_;
  const std::size_t wanted_;
  std::vector<ProductId> with_;  ///< still to be looked up
  std::unordered_set<ProductId> seen_;
  std::vector<AssortmentProduct> known_;  ///< in order of id
  std::vector<Recommendation> picked_;
};

}  // namespace cloudcart::recommendation
