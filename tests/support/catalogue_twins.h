#pragma once

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "adapters/memory/product/memory_product_repository.h"
#include "product/domain/search_text.h"
#include "runtime/executor.h"
#include "support/order_history.h"

namespace cloudcart::test {

/// The same random writes to a ProductRepository and to the adapter that filters and sorts every product for every list.
class CatalogueTwins {
 public:
  enum class Numbers : std::uint8_t { are_the_same, are_its_own };
  /// `numbers`: whether it counts its changes 1, 2, … as the plain one does.
  CatalogueTwins(product::ProductRepository& products, Numbers numbers)
      : products_(products), numbers_(numbers) {}

  product::Product product(std::uint32_t number) {
    return {.id = test::product(number),
            .name = text(),
            .description = below(2) == 0 ? std::optional{text()} : std::nullopt,
            .price = Money{1 + below(20)},
            .category_name = one_of(categories_),
            .inventory_count = below(10),
            .is_active = below(5) != 0,
            .created_at = from_unix_ms(below(30)),
            .updated_at = from_unix_ms(100)};
  }
  void create(const product::Product& fresh) {
    ASSERT_TRUE(sync_wait(products_.create(shop_, fresh, note_, no_deadline_)));
    ASSERT_TRUE(sync_wait(plain_.create(shop_, fresh, note_, no_deadline_)));
  }
  void create_next() { create(product(++known_)); }
  /// A new product, an import, an edit, or nothing.
  void write_something() {
    const auto kind = below(10);
    if (kind < 3 || known_ == 0) {
      create_next();
    } else if (kind < 4) {
      import_some();
    } else if (kind < 7) {
      edit_one();
    }
  }
  /// Some list, and the pages behind it.
  void compare_some_list() { compare(query()); }
  void compare_categories() {
    auto got = sync_wait(products_.categories(shop_, no_deadline_)).value().value;
    auto expected = sync_wait(plain_.categories(shop_, no_deadline_)).value().value;
    std::ranges::sort(got);
    ASSERT_EQ(got, expected);
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[below(static_cast<std::uint32_t>(choices.size()))];
  }
  std::string text() { return one_of(words_) + " " + one_of(words_) + one_of(words_); }

  void import_some() {
    std::vector<product::Product> batch;
    for (auto count = below(8); batch.size() < count;) batch.push_back(product(++known_));
    if (!batch.empty()) batch.push_back(batch.front());
    ASSERT_EQ(sync_wait(products_.import_products(shop_, batch, no_deadline_)).value().value,
              sync_wait(plain_.import_products(shop_, batch, no_deadline_)).value().value);
  }
  void edit_one() {
    const auto id = test::product(1 + below(known_));
    product::ProductChange wanted;
    if (below(2) == 0) wanted.name = text();
    if (below(2) == 0) wanted.price = Money{1 + below(20)};
    if (below(3) == 0) wanted.category_name = one_of(categories_);
    if (below(2) == 0) wanted.inventory_count = below(10);
    if (below(2) == 0) wanted.is_active = below(3) != 0;
    const auto now = from_unix_ms(200);
    ASSERT_EQ(sync_wait(products_.update(shop_, id, wanted, note_, now, no_deadline_)).value().value,
              sync_wait(plain_.update(shop_, id, wanted, note_, now, no_deadline_)).value().value);
  }
  product::ProductQuery query() {
    product::ProductQuery wanted{.sort = static_cast<product::ProductSort>(below(4)),
                                 .descending = below(2) == 0};
    if (below(3) == 0) wanted.category = below(9) == 0 ? "None" : one_of(categories_).value_or("Kitchen");
    if (below(3) == 0) wanted.min_price = Money{1 + below(20)};
    if (below(3) == 0) wanted.max_price = Money{1 + below(20)};
    if (below(3) == 0) wanted.terms = product::search_terms(below(2) == 0 ? one_of(words_) : text());
    wanted.offset = below(2) == 0 ? 0 : below(40);
    wanted.limit = 1 + below(12);
    return wanted;
  }
  void compare(product::ProductQuery wanted) {
    for (int pages = 0; pages < 5; ++pages) {
      const auto got = sync_wait(products_.list(shop_, wanted, no_deadline_)).value();
      const auto expected = sync_wait(plain_.list(shop_, wanted, no_deadline_)).value();
      ASSERT_EQ(got.value.total, expected.value.total);
      ASSERT_EQ(got.value.has_more, expected.value.has_more);
      ASSERT_EQ(got.value.products, expected.value.products);
      if (numbers_ == Numbers::are_the_same) ASSERT_EQ(got.as_of, expected.as_of);
      if (!got.value.has_more || got.value.products.empty()) return;
      wanted.after = position_of(got.value.products.back(), wanted.sort);
      wanted.offset = 0;
    }
  }

  static constexpr auto no_deadline_ = Deadline::max();
  const TenantId shop_{"main"};
  const product::StockNote note_{"test", std::nullopt};
  const std::vector<std::string> words_{"Teapot", "teal", "ÄPFEL", "pot", "Blue", "b",
                                        "🫖",     "K-12", "100%",  "a_b", "c\\d"};
  const std::vector<std::optional<std::string>> categories_{std::nullopt, "Kitchen", "Garden", "Küche"};

  product::ProductRepository& products_;
  const Numbers numbers_;
  product::MemoryProductStore plain_store_;
  product::MemoryProductRepository plain_{plain_store_};
  std::mt19937 random_{11};
  std::uint32_t known_ = 0;
};

}  // namespace cloudcart::test
