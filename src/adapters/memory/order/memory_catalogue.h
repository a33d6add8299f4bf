#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "order/ports/catalogue.h"

namespace cloudcart::order {

/// A catalogue of its own, for tests and simulations of the order service without a product service.
class MemoryCatalogue final : public Catalogue {
 public:
  struct Product {
    std::string name;
    std::string category;
    Money price;
    std::int64_t available = 0;
    std::int64_t reserved = 0;
    std::int64_t sold = 0;
  };

  void put(ProductId id, Product product) { products_[id] = std::move(product); }
  const Product& at(ProductId id) const { return products_.at(id); }

  Task<Result<std::vector<PricedLine>>> reserve(TenantId tenant, OrderId order_id,
                                                std::vector<LineRequest> lines, Deadline deadline) override;
  Task<Status> release(TenantId tenant, OrderId order_id, Deadline deadline) override;
  Task<Status> confirm(TenantId tenant, OrderId order_id, Deadline deadline) override;

 private:
  enum class State { reserved, sold, released };
  struct Reservation {
    State state = State::reserved;
    std::vector<PricedLine> lines;
  };
  Status check(const std::vector<LineRequest>& lines) const;
  static bool same(const std::vector<PricedLine>& held, const std::vector<LineRequest>& asked);

  std::map<ProductId, Product> products_;
  std::map<std::pair<TenantId, OrderId>, Reservation> reservations_;
};

}  // namespace cloudcart::order
