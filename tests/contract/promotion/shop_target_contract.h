#pragma once

#include <algorithm>

#include <gtest/gtest.h>

#include "promotion/ports/shop_target.h"
#include "runtime/executor.h"

namespace cloudcart::promotion {

/// What every ShopTarget keeps to. A fixture gives `target()`, an empty one.
template <class Fixture>
class ShopTargetContract : public Fixture {
 protected:
  using Begun = ShopTarget::Begun;
  static constexpr Timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 5}};

  static const Table& table(std::string_view name) {
    return *std::ranges::find(tables(), name, &Table::name);
  }
  /// Numbers 1, 2, … as keys; every second one without what can be missing.
  static Batch products(std::int64_t first, std::int64_t last) {
    Batch rows(table("product").columns);
    for (std::int64_t number = first; number <= last; ++number) {
      const auto text = [&](std::size_t column, const std::string& value, bool missing = false) {
        missing ? rows.columns[column].add_null() : rows.columns[column].add(std::string_view{value});
      };
      const bool is_bare = number % 2 == 0;
      rows.columns[0].add(number);
      text(1, "main");
      text(2, std::string(15, 'p') + static_cast<char>(number));
      text(3, "Téapot \"☕\" {}, " + std::to_string(number));
      text(4, "", is_bare);
      rows.columns[5].add(number * 100);
      text(6, "Kitchen", is_bare);
      text(7, "https://example.com/", is_bare);
      text(8, "SKU-" + std::to_string(number), is_bare);
      rows.columns[9].add(number % 3 == 0 ? std::int64_t{0} : std::int64_t{1});
      rows.columns[10].add(number);
      rows.columns[11].add(number);
    }
    return rows;
  }
  static Batch codes() {
    Batch rows(table("sign_in_code").columns);
    for (const char byte : {'\0', '\x7f', '\xff'}) {
      rows.columns[0].add(std::string_view{"main"});
      rows.columns[1].add(std::string(32, byte));
      rows.columns[2].add(std::string(15, 'u') + byte);
      rows.columns[3].add(std::string_view{"reset"});
      rows.columns[4].add(std::int64_t{-5});
    }
    return rows;
  }
  static Batch one_number(std::string_view name, std::int64_t number) {
    Batch row(table(name).columns);
    row.columns[0].add(number);
    return row;
  }

  Result<Begun> begin(const std::string& source) {
    return sync_wait(this->target().begin(source, now, Deadline::max()));
  }
  void append(std::string_view name, Batch rows) {
    const auto done = sync_wait(this->target().append(table(name), std::move(rows), Deadline::max()));
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
  }
  Batch all(std::string_view name, std::optional<Batch> after = std::nullopt) {
    const auto reader = this->target().read(table(name), std::move(after));
    Batch rows(table(name).columns);
    for (bool more = true; more;) {
      const auto next = sync_wait(reader->next(2, Deadline::max())).value();
      more = next.size() == 2;
      for (std::size_t row = 0; row < next.size(); ++row)
        for (std::size_t i = 0; i < next.columns.size(); ++i) rows.columns[i].add_from(next.columns[i], row);
    }
    return rows;
  }
};

TYPED_TEST_SUITE_P(ShopTargetContract);

TYPED_TEST_P(ShopTargetContract, IsBegunByOneSourceAlone) {
  EXPECT_EQ(this->begin("a"), ShopTarget::Begun::anew);
  EXPECT_EQ(this->begin("a"), ShopTarget::Begun::again);
  EXPECT_EQ(this->begin("b").error().code, ErrorCode::conflict);
  ASSERT_TRUE(sync_wait(this->target().finish(this->now, Deadline::max())));
  EXPECT_EQ(this->begin("a"), ShopTarget::Begun::finished);
  EXPECT_EQ(this->begin("b").error().code, ErrorCode::conflict);
}

TYPED_TEST_P(ShopTargetContract, TakesNoShopWhereSomethingIs) {
  this->append("product", this->products(1, 1));
  EXPECT_EQ(this->begin("a").error().code, ErrorCode::conflict);
}

TYPED_TEST_P(ShopTargetContract, GivesBackEveryValueAsItWas) {
  ASSERT_TRUE(this->begin("a"));
  this->append("product", this->products(1, 4));
  this->append("product", this->products(5, 7));
  this->append("sign_in_code", this->codes());
  EXPECT_EQ(this->all("product"), this->products(1, 7));
  EXPECT_EQ(this->all("sign_in_code"), this->codes());
  EXPECT_EQ(sync_wait(this->target().count(this->table("product"), Deadline::max())), 7);
}

TYPED_TEST_P(ShopTargetContract, KnowsWhereToGoOn) {
  ASSERT_TRUE(this->begin("a"));
  const auto& product = this->table("product");
  EXPECT_EQ(sync_wait(this->target().last_key(product, Deadline::max())).value(), std::nullopt);
  this->append("product", this->products(1, 3));
  const auto last = sync_wait(this->target().last_key(product, Deadline::max())).value();
  EXPECT_EQ(last, key_of(product, this->products(1, 3), 2));
  EXPECT_TRUE(this->all("product", last).empty());
  this->append("product", this->products(4, 5));
  EXPECT_EQ(this->all("product", last), this->products(4, 5));
  EXPECT_EQ(this->all("sign_in_code", key_of(this->table("sign_in_code"), this->codes(), 1)).size(), 0U);
}

TYPED_TEST_P(ShopTargetContract, ReplacesTheRowOfATableThatHasOne) {
  ASSERT_TRUE(this->begin("a"));
  for (const std::int64_t number : {7, 9}) {
    this->append("revocation_counter", this->one_number("revocation_counter", number));
    EXPECT_EQ(this->all("revocation_counter"), this->one_number("revocation_counter", number));
  }
}

TYPED_TEST_P(ShopTargetContract, MayBeCompletedAgain) {
  ASSERT_TRUE(this->begin("a"));
  this->append("product", this->products(1, 4));
  for (int i = 0; i < 2; ++i)
    for (const auto& table : tables())
      EXPECT_TRUE(sync_wait(this->target().complete(table, Deadline::max()))) << table.name;
  EXPECT_EQ(this->all("product"), this->products(1, 4));
}

REGISTER_TYPED_TEST_SUITE_P(ShopTargetContract, IsBegunByOneSourceAlone, TakesNoShopWhereSomethingIs,
                            GivesBackEveryValueAsItWas, KnowsWhereToGoOn, ReplacesTheRowOfATableThatHasOne,
                            MayBeCompletedAgain);

}  // namespace cloudcart::promotion
