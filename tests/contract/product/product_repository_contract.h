#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/product/as_of_reads.h"
#include "contract/product/samples.h"
#include "product/domain/search_text.h"
#include "product/ports/product_repository.h"
#include "product/ports/stock_repository.h"
#include "runtime/executor.h"

namespace cloudcart::product {

/// What every ProductRepository keeps to. `Fixture` has products() and, on the same store, stock().
template <class Fixture>
class ProductRepositoryContract : public testing::Test {
 protected:
  ProductRepository& products() { return fixture.products(); }

  Result<AsOf<Product>> create(Product product, TenantId tenant = shop) {
    return sync_wait(products().create(tenant, std::move(product), somebodys_note(), no_deadline));
  }
  Result<AsOf<Product>> update(int number, ProductChange change, Timestamp now = later) {
    return sync_wait(
        products().update(shop, id_of(number), std::move(change), somebodys_note(), now, no_deadline));
  }
  std::vector<Product> find(std::vector<ProductId> ids, TenantId tenant = shop) {
    return sync_wait(products().find(tenant, std::move(ids), no_deadline)).value().value;
  }
  Product find(int number) { return find({id_of(number)}).at(0); }
  ProductPage list(ProductQuery query) {
    return sync_wait(products().list(shop, std::move(query), no_deadline)).value().value;
  }
  /// The last byte of each listed id: the samples' numbers.
  std::vector<int> numbers(ProductQuery query) { return numbers_of(list(std::move(query))); }
  static std::vector<int> numbers_of(const ProductPage& page) {
    std::vector<int> numbers;
    for (const auto& product : page.products) numbers.push_back(product.id.value.bytes[15]);
    return numbers;
  }
  std::vector<int> search(std::string_view text) {
    return numbers(
        {.terms = search_terms(text), .sort = ProductSort::price, .descending = false, .limit = 100});
  }
  std::vector<std::string> categories() {
    auto found = sync_wait(products().categories(shop, no_deadline)).value().value;
    std::ranges::sort(found);
    return found;
  }
  std::vector<StockAudit> audit() { return sync_wait(fixture.stock().audit(shop, no_deadline)).value(); }

  Fixture fixture;
};

TYPED_TEST_SUITE_P(ProductRepositoryContract);

TYPED_TEST_P(ProductRepositoryContract, AProductComesBackWhole) {
  auto product = sample(1);
  product.name = "Täpot 'x\"; 🍵";
  product.description = "two\nlines";
  product.category_name = "Küche";
  product.image_url = "https://img.example.com/a.jpg";
  product.sku = "TEA-001";
  product.is_active = false;
  product.updated_at = later;
  EXPECT_EQ(this->create(product)->value, product);
  ASSERT_TRUE(this->create(sample(2)));
  EXPECT_EQ(this->find(1), product);
  EXPECT_EQ(this->find(2), sample(2)) << "what may be empty comes back empty";
}

TYPED_TEST_P(ProductRepositoryContract, FindsThoseThatExistInTheOrderAsked) {
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(this->create(sample(i)));
  EXPECT_THAT(this->find({id_of(3), id_of(99), id_of(1)}), testing::ElementsAre(sample(3), sample(1)));
  EXPECT_TRUE(this->find(std::vector<ProductId>{}).empty());
}

TYPED_TEST_P(ProductRepositoryContract, AnIdIsTakenOnce) {
  ASSERT_TRUE(this->create(sample(1)));
  EXPECT_EQ(this->create(sample(1)).error().code, ErrorCode::conflict);
  EXPECT_EQ(this->audit().size(), 1U);
}

TYPED_TEST_P(ProductRepositoryContract, ASkuIsUniqueAmongActiveAndInactiveProductsOfAShop) {
  auto first = sample(1), second = sample(2), elsewhere = sample(3);
  first.sku = second.sku = elsewhere.sku = "TEA-001";
  first.is_active = false;
  ASSERT_TRUE(this->create(first));
  const auto refused = this->create(second);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().fields, testing::ElementsAre(FieldError{"sku", "is taken"}));
  EXPECT_TRUE(this->find({id_of(2)}).empty()) << "nothing is left of a refused product";
  EXPECT_TRUE(this->create(elsewhere, other_shop));
  ASSERT_TRUE(this->create(sample(2)));
  ASSERT_TRUE(this->create(sample(4))) << "many products may have none";
  EXPECT_EQ(this->update(2, {.sku = "TEA-001"}).error().code, ErrorCode::conflict);
  EXPECT_EQ(this->find(2), sample(2));
  EXPECT_TRUE(this->update(1, {.sku = "TEA-001"})) << "its own sku is not taken";
}

TYPED_TEST_P(ProductRepositoryContract, AnUpdateChangesWhatItNames) {
  auto product = sample(1);
  product.description = "old";
  ASSERT_TRUE(this->create(product));
  ASSERT_TRUE(
      this->update(1, {.name = "New", .description = std::optional<std::string>{}, .price = Money{55}}));
  product.name = "New";
  product.description.reset();
  product.price = Money{55};
  product.updated_at = later;
  EXPECT_EQ(this->find(1), product);
  EXPECT_EQ(this->update(9, {.name = "None"}).error().code, ErrorCode::not_found);
}

TYPED_TEST_P(ProductRepositoryContract, AnUpdateThatChangesNothingIsNoChange) {
  const auto created = this->create(sample(1)).value();
  const auto same = this->update(1, {.name = sample(1).name}).value();
  EXPECT_EQ(same.value, sample(1));
  EXPECT_GE(same.as_of, created.as_of);
  EXPECT_LT(same.as_of, this->update(1, {.name = "Another"})->as_of) << "it counts nothing that is to come";
}

TYPED_TEST_P(ProductRepositoryContract, ACountThatIsSetIsAnAdjustmentInTheLedger) {
  ASSERT_TRUE(this->create(sample(1)));
  ASSERT_TRUE(this->update(1, {.inventory_count = 3}));
  ASSERT_TRUE(this->update(1, {.inventory_count = 30}));
  EXPECT_EQ(this->find(1).inventory_count, 30);
  EXPECT_THAT(this->audit(), testing::ElementsAre(StockAudit{id_of(1), {30, 0, 0}, {30, 0, 0}}));
}

TYPED_TEST_P(ProductRepositoryContract, ShopsDoNotSeeEachOther) {
  ASSERT_TRUE(this->create(sample(1), other_shop));
  EXPECT_TRUE(this->find({id_of(1)}).empty());
  EXPECT_EQ(this->list({}).total, 0);
  EXPECT_TRUE(this->search("product").empty());
  EXPECT_TRUE(this->audit().empty());
  EXPECT_EQ(this->update(1, {.name = "Mine"}).error().code, ErrorCode::not_found);
  ASSERT_TRUE(this->create(sample(1))) << "the same id in another shop is another product";
}

TYPED_TEST_P(ProductRepositoryContract, ListsActiveProductsOnly) {
  for (int i = 1; i <= 3; ++i) ASSERT_TRUE(this->create(sample(i)));
  ASSERT_TRUE(this->update(2, {.is_active = false}));
  EXPECT_THAT(this->numbers({}), testing::ElementsAre(3, 1));
  EXPECT_EQ(this->list({}).total, 2);
  EXPECT_THAT(this->search("product"), testing::ElementsAre(1, 3));
  ASSERT_TRUE(this->update(2, {.is_active = true}));
  EXPECT_THAT(this->numbers({}), testing::ElementsAre(3, 2, 1));
}

TYPED_TEST_P(ProductRepositoryContract, SortsByEveryKeyAndThenById) {
  const auto add = [&](int number, std::string name, int price, int count, Timestamp time) {
    auto product = sample(number);
    product.name = std::move(name);
    product.price = Money{price};
    product.inventory_count = count;
    product.created_at = time;
    ASSERT_TRUE(this->create(product));
  };
  add(1, "cedar", 900, 5, later);
  add(2, "Birch", 10000, 5, made);
  add(3, "apple", 250, 9, made);
  add(4, "Éclair", 900, 0, made);
  add(5, "Apple", 900, 5, later);
  const auto sorted = [&](ProductSort sort, bool descending) {
    return this->numbers({.sort = sort, .descending = descending});
  };
  EXPECT_THAT(sorted(ProductSort::name, false), testing::ElementsAre(3, 5, 2, 1, 4));
  EXPECT_THAT(sorted(ProductSort::name, true), testing::ElementsAre(4, 1, 2, 5, 3));
  EXPECT_THAT(sorted(ProductSort::price, false), testing::ElementsAre(3, 1, 4, 5, 2));
  EXPECT_THAT(sorted(ProductSort::price, true), testing::ElementsAre(2, 5, 4, 1, 3));
  EXPECT_THAT(sorted(ProductSort::created_at, false), testing::ElementsAre(2, 3, 4, 1, 5));
  EXPECT_THAT(sorted(ProductSort::inventory_count, false), testing::ElementsAre(4, 1, 2, 5, 3));
  EXPECT_THAT(sorted(ProductSort::inventory_count, true), testing::ElementsAre(3, 5, 2, 1, 4));
}

TYPED_TEST_P(ProductRepositoryContract, PagesAndPositionsWalkTheSameListInEveryOrder) {
  for (int i = 1; i <= 23; ++i) {
    auto product = sample(i);
    product.name = "Name " + std::to_string(i % 4);
    product.price = Money{100 + i % 3};
    product.inventory_count = i % 5;
    product.created_at = made + milliseconds{i % 2};
    ASSERT_TRUE(this->create(product));
  }
  for (const auto sort :
       {ProductSort::name, ProductSort::price, ProductSort::created_at, ProductSort::inventory_count}) {
    for (const bool descending : {false, true}) {
      const auto whole = this->numbers({.sort = sort, .descending = descending, .limit = 100});
      ASSERT_EQ(whole.size(), 23U);
      std::vector<int> by_page, by_position;
      std::optional<SortPosition> after;
      for (int offset = 0; offset < 30; offset += 5) {
        const auto page = this->list({.sort = sort, .descending = descending, .offset = offset, .limit = 5});
        EXPECT_EQ(page.total, 23);
        EXPECT_EQ(page.has_more, offset + 5 < 23);
        std::ranges::copy(this->numbers_of(page), std::back_inserter(by_page));
        const auto next = this->list({.sort = sort, .descending = descending, .after = after, .limit = 5});
        EXPECT_EQ(next.total, 23) << "the total does not depend on where the page begins";
        std::ranges::copy(this->numbers_of(next), std::back_inserter(by_position));
        if (!next.products.empty()) after = position_of(next.products.back(), sort);
      }
      EXPECT_EQ(by_page, whole) << to_string(sort) << descending;
      EXPECT_EQ(by_position, whole) << to_string(sort) << descending;
    }
  }
}

TYPED_TEST_P(ProductRepositoryContract, FiltersNarrowTogether) {
  for (int i = 1; i <= 6; ++i) {
    auto product = sample(i);
    product.category_name = i % 2 ? "Odd" : "Even";
    product.name = i % 3 ? "Cup" : "Bowl";
    ASSERT_TRUE(this->create(product));
  }
  const auto found = [&](ProductQuery query) {
    query.sort = ProductSort::price;
    query.descending = false;
    const auto page = this->list(query);
    EXPECT_EQ(page.total, std::ssize(page.products)) << "the total counts what the filters let through";
    return this->numbers_of(page);
  };
  EXPECT_THAT(found({.category = "Odd"}), testing::ElementsAre(1, 3, 5));
  EXPECT_THAT(found({.category = "odd"}), testing::ElementsAre());
  EXPECT_THAT(found({.min_price = Money{300}}), testing::ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(found({.max_price = Money{300}}), testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(found({.min_price = Money{300}, .max_price = Money{300}}), testing::ElementsAre(3));
  EXPECT_THAT(found({.category = "Odd", .terms = {"bowl"}}), testing::ElementsAre(3));
  EXPECT_THAT(found({.category = "Odd", .terms = {"cup"}, .min_price = Money{200}}), testing::ElementsAre(5));
}

TYPED_TEST_P(ProductRepositoryContract, SearchFindsWordsInNameSkuAndDescription) {
  auto by_name = sample(1), by_sku = sample(2), by_text = sample(3), other = sample(4);
  by_name.name = "Blue Teapot";
  by_sku.sku = "TEAPOT-7";
  by_text.description = "A lid for ÉMAIL teapots, 100% 'old' \"style\"";
  other.name = "Cup_A*";
  for (const auto& product : {by_name, by_sku, by_text, other}) ASSERT_TRUE(this->create(product));
  EXPECT_THAT(this->search("tEaPoT"), testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(this->search("teapot blue"), testing::ElementsAre(1));
  EXPECT_THAT(this->search("émail"), testing::ElementsAre(3));
  EXPECT_THAT(this->search("eapo"), testing::ElementsAre(1, 2, 3));
  EXPECT_THAT(this->search("ue"), testing::ElementsAre(1)) << "words too short for a trigram";
  EXPECT_THAT(this->search("te 7"), testing::ElementsAre(2));
  EXPECT_THAT(this->search("teapot -7"), testing::ElementsAre(2));
  EXPECT_THAT(this->search("%"), testing::ElementsAre(3));
  EXPECT_THAT(this->search("_"), testing::ElementsAre(4));
  EXPECT_THAT(this->search("\"style\""), testing::ElementsAre(3));
  EXPECT_THAT(this->search("up_a*"), testing::ElementsAre(4));
  EXPECT_THAT(this->search("nothing"), testing::ElementsAre());
  EXPECT_THAT(this->search("' OR '1'='1"), testing::ElementsAre());
  EXPECT_THAT(this->search("NEAR( ((("), testing::ElementsAre());
}

TYPED_TEST_P(ProductRepositoryContract, SearchFollowsEdits) {
  ASSERT_TRUE(this->create(sample(1)));
  ASSERT_TRUE(this->update(1, {.name = "Kettle", .sku = "K-1"}));
  EXPECT_THAT(this->search("kettle"), testing::ElementsAre(1));
  EXPECT_THAT(this->search("k-1"), testing::ElementsAre(1));
  EXPECT_THAT(this->search("product"), testing::ElementsAre());
}

TYPED_TEST_P(ProductRepositoryContract, CategoriesOfActiveProductsEachOnce) {
  EXPECT_TRUE(this->categories().empty());
  const std::vector<std::optional<std::string>> names{"Kitchen", "Garden", "Kitchen", std::nullopt, "Attic"};
  for (int i = 0; i < std::ssize(names); ++i) {
    auto product = sample(i + 1);
    product.category_name = names[static_cast<std::size_t>(i)];
    ASSERT_TRUE(this->create(product));
  }
  ASSERT_TRUE(this->update(5, {.is_active = false}));
  EXPECT_THAT(this->categories(), testing::ElementsAre("Garden", "Kitchen"));
}

TYPED_TEST_P(ProductRepositoryContract, AnImportAddsWhatIsNotThere) {
  ASSERT_TRUE(this->create(sample(1)));
  auto changed = sample(1);
  changed.name = "Another name";
  changed.inventory_count = 99;
  const auto import = [&](std::vector<Product> batch) {
    return sync_wait(this->products().import_products(shop, std::move(batch), no_deadline));
  };
  EXPECT_EQ(import({changed, sample(2), sample(3), sample(2)})->value, 2U);
  EXPECT_EQ(this->find(1), sample(1));
  EXPECT_EQ(import({changed, sample(2), sample(3)})->value, 0U);
  EXPECT_THAT(this->audit(), testing::ElementsAre(StockAudit{id_of(1), {10, 0, 0}, {10, 0, 0}},
                                                  StockAudit{id_of(2), {10, 0, 0}, {10, 0, 0}},
                                                  StockAudit{id_of(3), {10, 0, 0}, {10, 0, 0}}));
  EXPECT_THAT(this->search("product"), testing::ElementsAre(1, 2, 3));
}

TYPED_TEST_P(ProductRepositoryContract, AnImportIsWholeOrNotAtAll) {
  auto taken = sample(1), clash = sample(3);
  taken.sku = clash.sku = "TEA-001";
  ASSERT_TRUE(this->create(taken));
  const auto refused = sync_wait(this->products().import_products(shop, {sample(2), clash}, no_deadline));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_TRUE(this->find({id_of(2), id_of(3)}).empty());
}

TYPED_TEST_P(ProductRepositoryContract, ReadsKnowEveryChangeUpToTheirNumber) {
  const auto first = this->create(sample(1))->as_of;
  const auto second = this->create(sample(2), other_shop)->as_of;
  EXPECT_GT(second, first) << "one count for all shops";
  const auto third = this->update(1, {.price = Money{5}})->as_of;
  EXPECT_GT(third, second);
  auto& products = this->products();
  const std::array reads{
      as_of_when_reached(third, [&] { return sync_wait(products.find(shop, {id_of(1)}, no_deadline)); }),
      as_of_when_reached(third, [&] { return sync_wait(products.find(shop, {}, no_deadline)); }),
      as_of_when_reached(third, [&] { return sync_wait(products.list(shop, {}, no_deadline)); }),
      as_of_when_reached(third, [&] { return sync_wait(products.categories(shop, no_deadline)); })};
  EXPECT_THAT(reads, testing::Each(testing::Ge(third)));
  const auto fourth = this->update(1, {.price = Money{6}})->as_of;
  EXPECT_THAT(reads, testing::Each(testing::Lt(fourth))) << "what they did not show has a higher number";
}

REGISTER_TYPED_TEST_SUITE_P(ProductRepositoryContract, AProductComesBackWhole,
                            FindsThoseThatExistInTheOrderAsked, AnIdIsTakenOnce,
                            ASkuIsUniqueAmongActiveAndInactiveProductsOfAShop, AnUpdateChangesWhatItNames,
                            AnUpdateThatChangesNothingIsNoChange, ACountThatIsSetIsAnAdjustmentInTheLedger,
                            ShopsDoNotSeeEachOther, ListsActiveProductsOnly, SortsByEveryKeyAndThenById,
                            PagesAndPositionsWalkTheSameListInEveryOrder, FiltersNarrowTogether,
                            SearchFindsWordsInNameSkuAndDescription, SearchFollowsEdits,
                            CategoriesOfActiveProductsEachOnce, AnImportAddsWhatIsNotThere,
                            AnImportIsWholeOrNotAtAll, ReadsKnowEveryChangeUpToTheirNumber);

}  // namespace cloudcart::product
