#include "import/domain/record_maker.h"

#include <set>

#include <gtest/gtest.h>

namespace cloudcart::history {
namespace {

/// A history written down line by line: "order customer time product quantity price".
class RecordMakerTest : public testing::Test {
 protected:
  void line(std::string_view order, std::string_view customer, std::string_view time,
            std::string_view product, std::string_view quantity, std::string_view price,
            std::string_view name = "", std::string_view category = "") {
    collected_.add({.layout = layout_,
                    .order = order,
                    .customer = customer,
                    .time = time,
                    .product = product,
                    .quantity = quantity,
                    .price = price,
                    .name = name,
                    .category = category,
                    .country = country_});
  }

  void make() {
    invoices_.emplace(collected_);
    RecordMaker maker(collected_, *invoices_,
                      {.source = "test", .inventory_count = 7, .shift = DateShift(TimeZone{}, shift_)});
    products_ = maker.products(0, 1000);
    customers_ = maker.customers(0, 1000);
    orders_ = maker.orders(0, 1000);
  }

  Layout layout_ = Layout::retail;
  std::string_view country_;
  int shift_ = 0;
  LineCollector collected_{{}};
  std::optional<Invoices> invoices_;
  std::vector<ImportedProduct> products_;
  std::vector<ImportedCustomer> customers_;
  std::vector<ImportedOrder> orders_;
};

TEST_F(RecordMakerTest, ASaleIsDeliveredAndHasOneEvent) {
  country_ = "United Kingdom";
  line("536365", "17850", "2010-12-01 08:26:00", "85123A", "6", "2.55", "HOLDER");
  line("536365", "17850", "2010-12-01 08:27:00", "71053", "2", "3.39", "LANTERN");
  make();
  ASSERT_EQ(orders_.size(), 1U);
  const auto& order = orders_[0];
  EXPECT_EQ(order.kind, OrderKind::sale);
  EXPECT_EQ(order.status, OrderStatus::delivered);
  EXPECT_EQ(order.total, Money{1530 + 678});
  EXPECT_EQ(order.shipping_address, "Address not recorded, United Kingdom");
  EXPECT_EQ(to_rfc3339(order.created_at), "2010-12-01T08:26:00.000Z");
  EXPECT_EQ(order.cancelled_at, std::nullopt);
  ASSERT_EQ(order.events.size(), 1U);
  EXPECT_EQ(order.events[0].status, OrderStatus::delivered);
  EXPECT_EQ(order.events[0].at, order.created_at);
  ASSERT_EQ(order.lines.size(), 2U);
  EXPECT_EQ(order.lines[0].product_name, "HOLDER");
  EXPECT_EQ(order.lines[0].category_name, "Uncategorised");
  EXPECT_EQ(order.lines[0].quantity, 6);
  EXPECT_EQ(order.lines[0].price, Money{255});
  EXPECT_EQ(order.lines[0].subtotal, Money{1530});
  EXPECT_EQ(order.lines[0].product_id, products_[0].id);
  EXPECT_EQ(order.user_id, customers_[0].id);
}

TEST_F(RecordMakerTest, LinesOfOneProductAndPriceAreOne) {
  line("1", "9", "2011-01-01", "10", "1", "2.00");
  line("1", "9", "2011-01-01", "20", "1", "5.00");
  line("1", "9", "2011-01-01", "10", "3", "2.00");
  line("1", "9", "2011-01-01", "10", "1", "1.50");
  make();
  const auto& lines = orders_.at(0).lines;
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].quantity, 4);
  EXPECT_EQ(lines[0].subtotal, Money{800});
  EXPECT_EQ(lines[2].price, Money{150});
  EXPECT_EQ(orders_[0].total, Money{800 + 500 + 150});
}

TEST_F(RecordMakerTest, ProductsAndCustomers) {
  line("1", "17850", "2011-01-01 10:00", "10a", "1", "2.00", "TEAPOT", "Kitchen");
  line("2", "7", "2011-01-02 10:00", "10A", "1", "2.50", "", "");
  line("3", "Ann.B", "2011-01-03 10:00", "20", "1", "1.00");
  make();
  ASSERT_EQ(products_.size(), 2U);
  EXPECT_EQ(products_[0].sku, "10A");
  EXPECT_EQ(products_[0].name, "TEAPOT");
  EXPECT_EQ(products_[0].category_name, "Kitchen");
  EXPECT_EQ(products_[0].price, Money{250});
  EXPECT_EQ(products_[0].inventory_count, 7);
  EXPECT_EQ(products_[1].name, "Product 20");
  ASSERT_EQ(customers_.size(), 3U);
  EXPECT_EQ(customers_[0].email, "customer-17850@import.invalid");
  EXPECT_EQ(customers_[0].first_name, "Customer");
  EXPECT_EQ(customers_[0].last_name, "17850");
  EXPECT_EQ(customers_[1].last_name, "No. 7") << "names have two characters";
  EXPECT_EQ(customers_[2].last_name, "Ann.B");
  EXPECT_EQ(customers_[2].email, "customer-" + customers_[2].id.to_string() + "@import.invalid")
      << "capitals do not tell addresses apart";
}

TEST_F(RecordMakerTest, EveryInvoiceWithoutCustomerIsAGuestOfItsOwn) {
  line("536544", "", "2011-01-01", "10", "1", "2.00");
  line("536545", "", "2011-01-02", "10", "1", "2.00");
  line("C536546", "", "2011-01-03", "10", "-1", "2.00");
  make();
  ASSERT_EQ(customers_.size(), 3U);
  EXPECT_EQ(customers_[0].email, "guest-536544@import.invalid");
  EXPECT_EQ(customers_[0].first_name, "Guest");
  EXPECT_EQ(customers_[0].last_name, "Invoice 536544");
  ASSERT_EQ(orders_.size(), 3U);
  EXPECT_EQ(orders_[2].kind, OrderKind::credit_note) << "guests are not matched";
  EXPECT_EQ(orders_[0].status, OrderStatus::delivered);
  std::set<std::string> emails;
  for (const auto& customer : customers_) emails.insert(customer.email);
  EXPECT_EQ(emails.size(), 3U);
}

TEST_F(RecordMakerTest, ACancellationOfAWholeOrderCancelsIt) {
  line("1", "9", "2011-01-01 10:00", "10", "2", "2.00");
  line("1", "9", "2011-01-01 10:00", "20", "1", "5.00");
  line("C2", "9", "2011-01-05 10:00", "20", "-1", "5.00");
  line("C2", "9", "2011-01-05 10:00", "10", "-2", "2.00");
  make();
  ASSERT_EQ(orders_.size(), 1U) << "the cancellation is no record of its own";
  const auto& order = orders_[0];
  EXPECT_EQ(order.kind, OrderKind::sale);
  EXPECT_EQ(order.status, OrderStatus::cancelled);
  ASSERT_EQ(order.events.size(), 2U);
  EXPECT_EQ(order.events[0].status, OrderStatus::delivered);
  EXPECT_EQ(order.events[1].status, OrderStatus::cancelled);
  EXPECT_EQ(to_rfc3339(order.cancelled_at.value()), "2011-01-05T10:00:00.000Z");
  EXPECT_EQ(order.events[1].at, order.cancelled_at);
  EXPECT_NE(order.events[0].id, order.events[1].id);
}

TEST_F(RecordMakerTest, WhatIsNotExactlyAnEarlierOrderIsACreditNote) {
  line("1", "9", "2011-01-01", "10", "2", "2.00");
  line("C2", "9", "2011-01-05", "10", "-1", "2.00");  // another quantity
  line("C3", "9", "2011-01-05", "10", "-2", "1.99");  // another price
  line("C4", "9", "2011-01-05", "20", "-2", "2.00");  // another product
  line("C5", "8", "2011-01-05", "10", "-2", "2.00");  // another customer
  line("C6", "9", "2010-12-31", "10", "-2", "2.00");  // before the order
  make();
  ASSERT_EQ(orders_.size(), 6U);
  int notes = 0;
  for (const auto& order : orders_) {
    if (order.kind == OrderKind::sale) {
      EXPECT_EQ(order.status, OrderStatus::delivered);
      continue;
    }
    ++notes;
    EXPECT_EQ(order.status, OrderStatus::cancelled);
    EXPECT_EQ(order.cancelled_at, order.created_at);
    ASSERT_EQ(order.events.size(), 1U);
    EXPECT_EQ(order.events[0].status, OrderStatus::cancelled);
    EXPECT_GT(order.total, Money{});
    EXPECT_GT(order.lines[0].quantity, 0);
  }
  EXPECT_EQ(notes, 5);
}

TEST_F(RecordMakerTest, TheMostRecentOpenOrderIsTheOneTakenBack) {
  line("1", "9", "2011-01-01", "10", "2", "2.00");
  line("2", "9", "2011-01-02", "10", "2", "2.00");
  line("C3", "9", "2011-01-03", "10", "-2", "2.00");
  line("4", "9", "2011-01-04", "10", "2", "2.00");
  line("C5", "9", "2011-01-05", "10", "-2", "2.00");
  line("C6", "9", "2011-01-06", "10", "-2", "2.00");
  line("C7", "9", "2011-01-07", "10", "-2", "2.00");
  make();
  ASSERT_EQ(orders_.size(), 4U);
  const auto cancelled = [&](std::size_t i) {
    return to_rfc3339(orders_.at(i).cancelled_at.value()).substr(0, 10);
  };
  EXPECT_EQ(cancelled(0), "2011-01-06") << "order 1, the last that was open";
  EXPECT_EQ(cancelled(1), "2011-01-03");
  EXPECT_EQ(cancelled(2), "2011-01-05");
  EXPECT_EQ(orders_[3].kind, OrderKind::credit_note) << "nothing is open any more";
}

TEST_F(RecordMakerTest, NegativeQuantitiesOfThePlainLayoutCancel) {
  layout_ = Layout::plain;
  line("100", "u1", "2011-01-01", "10", "2", "2.00");
  line("100", "u1", "2011-01-02", "10", "-2", "2.00");
  line("101", "u1", "2011-01-03", "10", "2", "2.00");
  line("101", "u1", "2011-01-04", "10", "-1", "2.00");
  make();
  ASSERT_EQ(orders_.size(), 3U);
  EXPECT_EQ(orders_[0].status, OrderStatus::cancelled);
  EXPECT_EQ(orders_[1].status, OrderStatus::delivered);
  EXPECT_EQ(orders_[2].kind, OrderKind::credit_note);
  EXPECT_NE(orders_[1].id, orders_[2].id);
}

TEST_F(RecordMakerTest, TheOrderOfTheFileDoesNotMatter) {
  line("C2", "9", "2011-01-01 10:00", "10", "-2", "2.00");
  line("1", "9", "2011-01-01 10:00", "10", "2", "2.00");
  make();
  ASSERT_EQ(orders_.size(), 1U) << "sales come before cancellations of the same moment";
  EXPECT_EQ(orders_[0].status, OrderStatus::cancelled);
}

TEST_F(RecordMakerTest, IdsStayWhenTheDatesMove) {
  line("1", "9", "2011-01-01", "10", "2", "2.00");
  line("C2", "9", "2011-01-03", "10", "-2", "2.00");
  make();
  const auto before = orders_.at(0);
  const auto product = products_.at(0).id;
  shift_ = 100;
  make();
  EXPECT_EQ(orders_[0].id, before.id);
  EXPECT_EQ(orders_[0].events[0].id, before.events[0].id);
  EXPECT_EQ(orders_[0].events[1].id, before.events[1].id);
  EXPECT_EQ(orders_[0].created_at - before.created_at, std::chrono::days{100});
  EXPECT_EQ(orders_[0].cancelled_at.value() - before.cancelled_at.value(), std::chrono::days{100});
  EXPECT_EQ(products_[0].id, product);
  EXPECT_EQ(to_rfc3339(products_[0].created_at), "2011-04-11T00:00:00.000Z");
}

TEST_F(RecordMakerTest, BatchesAddUp) {
  for (int i = 1; i <= 5; ++i)
    line(std::to_string(i), std::to_string(i), "2011-01-0" + std::to_string(i), std::to_string(i), "1",
         "1.00");
  make();
  const RecordMaker maker(collected_, *invoices_, {.source = "test", .shift = DateShift(TimeZone{}, 0)});
  EXPECT_EQ(maker.orders(0, 2).size(), 2U);
  EXPECT_EQ(maker.orders(4, 2).size(), 1U);
  EXPECT_EQ(maker.orders(5, 2).size(), 0U);
  EXPECT_EQ(maker.orders(9, 2).size(), 0U);
  EXPECT_EQ(maker.orders(2, 1)[0].id, orders_[2].id);
}

}  // namespace
}  // namespace cloudcart::history
