#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/timestamp.h"
#include "import/domain/string_table.h"

namespace cloudcart::history {

/// True for what people write into a description about the stock and not about the product: "?", "damaged",
/// "lost".
bool is_stock_note(std::string_view description);

/// Chooses each product's name among all descriptions that its lines gave it.
class ProductNames {
 public:
  void vote(std::uint32_t product, std::string_view description, bool on_sale, Timestamp time);

  /// For products 0 … `products` - 1 the most frequent description, one of a sale before one of a
  /// cancellation, of equally frequent ones the latest, and a stock note only when there is nothing else.
  /// Empty when there is none.
  std::vector<std::string> choose(std::size_t products) const;

 private:
  struct Votes {
    std::uint32_t sales = 0;
    std::uint32_t cancellations = 0;
    Timestamp latest;
  };

  StringTable descriptions_;
  std::unordered_map<std::uint64_t, Votes> votes_;  // by product and description
};

}  // namespace cloudcart::history
