#pragma once

#include <gtest/gtest.h>

#include "core/id_generator.h"
#include "import/ports/import_sink.h"
#include "runtime/executor.h"

namespace cloudcart::history {

/// What every ImportSink keeps to. A fixture gives `sink()` and, for what was stored under an order's id,
/// `status_of(TenantId, OrderId)`, nullopt when there is none.
template <class Fixture>
class ImportSinkContract : public Fixture {
 protected:
  static constexpr Timestamp day{std::chrono::sys_days{std::chrono::year{2011} / 3 / 5}};

  static ImportedProduct product(int n) {
    const auto sku = "SKU-" + std::to_string(n);
    return {.id = {derived_uuid(day, sku)},
            .sku = sku,
            .name = "Product " + sku,
            .category_name = "Uncategorised",
            .price = Money{250},
            .inventory_count = 100,
            .created_at = day};
  }
  static ImportedCustomer customer(int n) {
    const auto key = std::to_string(n);
    return {.id = {derived_uuid(day, "customer" + key)},
            .email = "customer-" + key + "@import.invalid",
            .first_name = "Customer",
            .last_name = "No. " + key,
            .created_at = day};
  }
  /// Order `n` of customer 1: two of product 1, and taken back when `cancelled`.
  static ImportedOrder order(int n, OrderKind kind = OrderKind::sale, bool cancelled = false) {
    const auto key = std::to_string(n);
    ImportedOrder order{.id = {derived_uuid(day, "order" + key)},
                        .user_id = customer(1).id,
                        .kind = kind,
                        .total = Money{500},
                        .shipping_address = "Address not recorded",
                        .created_at = day + std::chrono::hours{n}};
    order.lines = {{.product_id = product(1).id,
                    .product_name = "Product SKU-1",
                    .category_name = "Uncategorised",
                    .quantity = 2,
                    .price = Money{250},
                    .subtotal = Money{500}}};
    const auto event = [&](int version, OrderStatus status) {
      const Uuid id = derived_uuid(day, "event" + key + "/" + std::to_string(version));
      order.events.push_back(
          {.id = {id}, .status = status, .at = order.created_at + std::chrono::hours{version - 1}});
    };
    event(1, kind == OrderKind::credit_note ? OrderStatus::cancelled : OrderStatus::delivered);
    if (cancelled) event(2, OrderStatus::cancelled);
    order.status = order.events.back().status;
    if (order.status == OrderStatus::cancelled) order.cancelled_at = order.events.back().at;
    return order;
  }

  template <class Record>
  std::size_t store(std::vector<Record> batch, const TenantId& tenant = {}) {
    const auto stored = sync_wait([&]() -> Task<Result<std::size_t>> {
      if constexpr (std::is_same_v<Record, ImportedProduct>)
        return this->sink().products(tenant, std::move(batch), Deadline::max());
      else if constexpr (std::is_same_v<Record, ImportedCustomer>)
        return this->sink().customers(tenant, std::move(batch), Deadline::max());
      else
        return this->sink().orders(tenant, std::move(batch), Deadline::max());
    }());
    EXPECT_TRUE(stored) << (stored ? "" : stored.error().message);
    return stored.value_or(0);
  }
};

TYPED_TEST_SUITE_P(ImportSinkContract);

TYPED_TEST_P(ImportSinkContract, CountsWhatIsNewAndSkipsTheRest) {
  EXPECT_EQ(this->store(std::vector{this->product(1), this->product(2)}), 2U);
  EXPECT_EQ(this->store(std::vector{this->product(2), this->product(3)}), 1U);
  EXPECT_EQ(this->store(std::vector{this->customer(1)}), 1U);
  EXPECT_EQ(this->store(std::vector{this->customer(1), this->customer(2)}), 1U);
  EXPECT_EQ(this->store(std::vector{this->order(1), this->order(2)}), 2U);
  EXPECT_EQ(this->store(std::vector{this->order(1), this->order(2), this->order(3)}), 1U);
}

TYPED_TEST_P(ImportSinkContract, KeepsEachOrdersState) {
  this->store(std::vector{this->product(1)});
  this->store(std::vector{this->customer(1)});
  this->store(std::vector{this->order(1), this->order(2, OrderKind::sale, true),
                          this->order(3, OrderKind::credit_note)});
  EXPECT_EQ(this->status_of({}, this->order(1).id), OrderStatus::delivered);
  EXPECT_EQ(this->status_of({}, this->order(2).id), OrderStatus::cancelled);
  EXPECT_EQ(this->status_of({}, this->order(3).id), OrderStatus::cancelled);
  EXPECT_EQ(this->status_of({}, this->order(4).id), std::nullopt);
}

TYPED_TEST_P(ImportSinkContract, AnEmptyBatchIsNothing) {
  EXPECT_EQ(this->store(std::vector<ImportedProduct>{}), 0U);
  EXPECT_EQ(this->store(std::vector<ImportedCustomer>{}), 0U);
  EXPECT_EQ(this->store(std::vector<ImportedOrder>{}), 0U);
}

REGISTER_TYPED_TEST_SUITE_P(ImportSinkContract, CountsWhatIsNewAndSkipsTheRest, KeepsEachOrdersState,
                            AnEmptyBatchIsNothing);

}  // namespace cloudcart::history
