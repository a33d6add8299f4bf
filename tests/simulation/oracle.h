#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "simulation/context.h"
#include "simulation/disks.h"

namespace cloudcart::simulation {

/// One wish of a client: one body, posted once or, with a key, until it is settled.
struct Purchase {
  UserId user;
  std::optional<IdempotencyKey> key;
  std::vector<order::LineRequest> lines;
  std::string address;  ///< unlike every other's, so that an order tells whose it is
  UserId buyer;         ///< who is signed in

  std::set<OrderId> answered;      ///< orders that were promised
  bool may_have_happened = false;  ///< an attempt ended without a clear answer
  bool is_settled = false;
};

/// Watches the durable state after every step, and knows what was promised to whom.
class Oracle {
 public:
  /// `followed`: the log as analytics sees it.
  Oracle(Context& context, Disks& disks, const std::vector<events::LogRecord>& followed)
      : context_(context), disks_(disks), followed_(followed) {}

  void check_step();
  /// When everything has come to rest.
  void check_end();
  /// Whether stock is held for an order that has not come.
  bool holds_for_nobody() const;

  Purchase& purchase(UserId buyer, UserId user, std::optional<IdempotencyKey> key,
                     std::vector<order::LineRequest> lines);
  /// An attempt was answered. `key_was_spent`: the key had been used up by another body before the attempt began.
  void attempt_answered(Purchase& purchase, const Result<order::Order>& answer, bool key_was_spent);
  /// True once the key has been answered with an order for a body other than this one's.
  bool is_key_spent_on_other(const Purchase& purchase) const;
  /// The version of an order that somebody was told; whoever asks from now on must see it or a newer one.
  void order_answered(const order::Order& order);
  /// A transition was answered: where nothing fails, the stock is right by now, without waiting for the log.
  void transition_answered(const order::Order& order);
  std::int64_t answered_version(OrderId id) const;
  const std::map<OrderId, std::int64_t>& answered_versions() const { return answered_versions_; }

  // The catalogue: numbers of changes, and what they made of each product.
  void product_changed(product::ChangeNumber number, ProductId id);
  void stock_moved(OrderId order, product::ChangeNumber number) { order_changes_[order] = number; }
  void price_set(ProductId id, Money price, product::ChangeNumber number) {
    price_changes_[{id, price}] = number;
  }
  /// A write of these products was answered; reads that begin now show it.
  void price_answered(ProductId id, Money price);
  void stock_answered(OrderId order, const std::vector<order::LineRequest>& lines);
  /// What a read that begins now must at least know, for product_read.
  product::ChangeNumber due_change(ProductId id) const;
  void product_read(ProductId id, product::ChangeNumber due, product::ChangeNumber as_of, Money price,
                    std::int64_t count);

 private:
  struct OrderTrail {
    std::int64_t version = 0;
    OrderStatus status = OrderStatus::pending;
    bool was_confirmed = false;
  };
  struct Sums {
    std::int64_t placed = 0, cancelled = 0, placed_units = 0, cancelled_units = 0;
    Money gross, given_back;
    bool operator==(const Sums&) const = default;
  };
  struct ProductState {
    Money price;
    std::int64_t count = 0;
    bool operator==(const ProductState&) const = default;
  };

  void check_log();
  void check_event(const events::OrderEvent& event);
  void check_created(const order::Order& order, const events::OrderEvent& event);
  void check_stock();
  void follow_ledger(ProductId id, const std::vector<product::StockMovement>& entries);
  void check_reservations(const std::map<ProductId, product::Stock>& stock);
  void check_analytics();
  void check_purchases();
  void check_settled_stock();
  void check_reports();
  void follow_sums();
  const ProductState* state_at(ProductId id, product::ChangeNumber as_of) const;

  Context& context_;
  Disks& disks_;
  const std::vector<events::LogRecord>& followed_;

  std::size_t log_checked_ = 0;
  std::set<EventId> event_ids_;
  std::map<OrderId, OrderTrail> trails_;
  std::map<std::string, OrderId> order_of_address_;
  std::size_t movements_checked_ = 0;
  std::size_t reservations_checked_ = 0;
  std::map<ProductId, std::pair<std::size_t, product::Stock>> by_ledger_;  ///< entries seen, and their sum
  std::set<std::string> adjusted_;  ///< reasons of adjustments with a key, each unlike all others
  std::int64_t analytics_checked_ = 0;
  std::vector<std::pair<std::int64_t, Sums>> sums_;  ///< after each record of the followed log
  std::set<std::pair<OrderId, bool>> summed_;

  std::vector<std::unique_ptr<Purchase>> purchases_;
  std::map<OrderId, std::int64_t> answered_versions_;

  std::map<ProductId, std::map<product::ChangeNumber, ProductState>> products_;
  std::map<ProductId, product::ChangeNumber> answered_changes_;
  std::map<OrderId, product::ChangeNumber> order_changes_;
  std::map<std::pair<ProductId, Money>, product::ChangeNumber> price_changes_;
};

}  // namespace cloudcart::simulation
