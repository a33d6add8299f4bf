#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/money.h"
#include "core/random.h"

namespace cloudcart::demo {

struct DemoProduct {
  std::uint32_t category = 0;
  std::uint32_t kind = 0;        ///< within its category
  std::uint32_t collection = 0;  ///< products of one collection are bought together
  std::string sku;
  std::string name;
  Money price;
  std::int64_t inventory_count = 0;
  std::uint32_t launch_day = 0;  ///< of the history; nobody buys it before
  bool used_up = false;
};

/// The products of a demo shop, and which of them somebody would put into a basket next.
class DemoCatalogue {
 public:
  DemoCatalogue(std::uint64_t seed, std::size_t products, std::uint32_t days);

  const std::vector<DemoProduct>& products() const { return products_; }
  bool has_category(std::size_t category) const { return !by_category_[category].members.empty(); }
  /// One of a category, popular ones more often.
  std::uint32_t pick(Random& random, std::size_t category) const;
  /// Something that goes with `product`, mostly of the same collection; itself when there is nothing.
  std::uint32_t pick_companion(Random& random, std::uint32_t product) const;

 private:
  struct Shelf {
    std::vector<std::uint32_t> members;
    std::vector<std::uint64_t> weights_below;  ///< sum of the weights up to and with each member
  };

  static std::uint32_t pick_from(Random& random, const Shelf& shelf);
  static void put(Shelf& shelf, std::uint32_t product, std::uint64_t weight);
  DemoProduct make_product(std::size_t index, Random& random, std::uint32_t days) const;

  std::vector<DemoProduct> products_;
  std::vector<Shelf> by_category_;
  std::vector<Shelf> by_kind_;  ///< category × kinds + kind
};

}  // namespace cloudcart::demo
