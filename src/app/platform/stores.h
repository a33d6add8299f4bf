#pragma once

#include <memory>

#include "app/platform/ground.h"
#include "cache/cache.h"
#include "events/event_log.h"
#include "order/ports/event_retention.h"
#include "order/ports/order_ledger.h"
#include "order/ports/order_repository.h"
#include "product/ports/product_repository.h"
#include "product/ports/stock_ledger.h"
#include "product/ports/stock_repository.h"
#include "user/ports/session_repository.h"
#include "user/ports/user_repository.h"

namespace cloudcart::app {

/// What a service keeps, on whichever engine that is.
class Stores {
 public:
  virtual ~Stores() = default;
  /// Whether it can be written to, as far as is known.
  virtual bool writable() const = 0;
};

class UserStores : public Stores {
 public:
  virtual user::UserRepository& users() = 0;
  virtual user::SessionRepository& sessions() = 0;
};

class ProductStores : public Stores {
 public:
  virtual product::ProductRepository& products() = 0;
  virtual product::StockRepository& stock() = 0;
  virtual product::StockLedger& ledger() = 0;
};

class OrderStores : public Stores {
 public:
  virtual order::OrderRepository& orders() = 0;
  virtual order::OrderLedger& ledger() = 0;
  virtual events::EventLog& log() = 0;
  virtual order::EventRetention& retention() = 0;
};

enum class Access : std::uint8_t {
  write,
  look,  ///< at files that another process may be writing; on a server that makes no difference
};

/// On PostgreSQL where the configuration names one, else in files of the data folder. Throw std::runtime_error with a
/// sentence for the operator.
std::unique_ptr<UserStores> open_user_stores(Ground& ground);
std::unique_ptr<ProductStores> open_product_stores(Ground& ground);
std::unique_ptr<OrderStores> open_order_stores(Ground& ground, Access access = Access::write);

/// In Redis where the configuration names one, else in this process.
std::unique_ptr<Cache> open_cache(Ground& ground);

}  // namespace cloudcart::app
