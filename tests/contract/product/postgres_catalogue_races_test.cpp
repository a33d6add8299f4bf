#include <mutex>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "contract/product/as_of_reads.h"
#include "contract/product/postgres_fixture.h"
#include "contract/product/samples.h"
#include "runtime/executor.h"
#include "support/on_threads.h"

namespace cloudcart::product {
namespace {

using postgres::Session;

/// Two processes' stores of one schema.
class PostgresCatalogueRaces : public testing::Test {
 protected:
  PostgresService& process(std::size_t caller) { return caller % 2 == 0 ? first : second; }
  Result<AsOf<Product>> create(Product product, std::size_t caller = 0) {
    return sync_wait(
        process(caller).products().create(shop, std::move(product), somebodys_note(), no_deadline));
  }
  Result<AsOf<Product>> update(int number, ProductChange change, std::size_t caller = 0) {
    return sync_wait(process(caller).products().update(shop, id_of(number), std::move(change),
                                                       somebodys_note(), later, no_deadline));
  }
  AsOf<std::vector<Product>> find(std::vector<ProductId> ids, std::size_t caller = 0) {
    return sync_wait(process(caller).products().find(shop, std::move(ids), no_deadline)).value();
  }
  ProductPage list(ProductQuery query) {
    return sync_wait(second.products().list(shop, std::move(query), no_deadline)).value().value;
  }

  test::PostgresSchema schema;
  PostgresService first{schema}, second{schema};
};

/// What the cache relies on.
TEST_F(PostgresCatalogueRaces, WhatIsReadShowsEveryWriteUpToItsNumber) {
  constexpr int products = 3, rounds = 60;
  constexpr std::size_t writers = 4, readers = 3;
  for (int number = 1; number <= products; ++number) ASSERT_TRUE(create(sample(number)));
  struct Seen {
    ChangeNumber as_of;
    int number;
    std::int64_t count;
  };
  std::vector<ProductId> ids;
  for (int number = 1; number <= products; ++number) ids.push_back(id_of(number));
  const auto write = [&](std::size_t caller) {
    std::vector<Seen> written;
    for (int round = 0; round < rounds; ++round) {
      const int number = round % products + 1;
      const auto grown = sync_wait(
          process(caller).ledger().adjust(shop, {id_of(number), {CountChange::Kind::by, 1}, somebodys_note()},
                                          std::nullopt, made, no_deadline));
      written.push_back({grown->as_of, number, grown->value.stock.available});
    }
    return written;
  };
  const auto read = [&](std::size_t caller) {
    std::vector<Seen> seen;
    for (int round = 0; round < 2 * rounds; ++round) {
      const auto found = find(ids, caller);
      for (int number = 1; number <= products; ++number)
        seen.push_back(
            {found.as_of, number, found.value.at(static_cast<std::size_t>(number - 1)).inventory_count});
    }
    return seen;
  };
  const auto answers =
      test::on_threads(writers + readers, [&](std::size_t i) { return i < writers ? write(i) : read(i); });
  for (std::size_t reader = writers; reader < answers.size(); ++reader) {
    for (const auto& seen : answers[reader]) {
      for (std::size_t writer = 0; writer < writers; ++writer) {
        for (const auto& written : answers[writer]) {
          if (written.number == seen.number && written.as_of <= seen.as_of)
            ASSERT_GE(seen.count, written.count) << "the count only grows";
        }
      }
    }
  }
}

TEST_F(PostgresCatalogueRaces, AReadIsNumberedBelowWhatIsUnderWay) {
  ASSERT_TRUE(create(sample(1)));
  const auto under_way = [&](Session& session) -> Task<Result<ChangeNumber>> {
    const auto rows = co_await session.run("SELECT pg_current_xact_id()::text::bigint");
    const auto number = rows[0].integer(0);
    // Meanwhile somebody else begins and ends.
    const auto written = co_await second.products().update(shop, id_of(1), {.price = Money{5}},
                                                           somebodys_note(), later, no_deadline);
    EXPECT_GT(written->as_of, number);
    const auto read = co_await second.products().find(shop, {id_of(1)}, no_deadline);
    EXPECT_EQ(read->value.at(0).price, Money{5}) << "an answered write shows";
    EXPECT_LT(read->as_of, number);
    co_return number;
  };
  ASSERT_TRUE(sync_wait(first.store().write(no_deadline, under_way)));
  const auto last = update(1, {.price = Money{6}})->as_of;
  EXPECT_GE(as_of_when_reached(last, [&] { return Result<AsOf<std::vector<Product>>>{find({})}; }), last);
}

TEST_F(PostgresCatalogueRaces, OnAnotherServerNumbersGoOnUpwards) {
  const auto before = create(sample(1))->as_of;
  const auto moved = [](Session& session) -> Task<Status> {
    co_await session.run("UPDATE change_base SET server = 'another'");
    co_return Status{};
  };
  ASSERT_TRUE(sync_wait(first.store().write(no_deadline, moved)));
  PostgresService restarted(schema);
  // More than a server ever counts, whatever it has counted to.
  EXPECT_GT(find({}).as_of, before + 1'000'000'000'000);
  const auto after = update(1, {.price = Money{5}})->as_of;
  EXPECT_GT(after, before + 1'000'000'000'000) << "those who were there before count with the others";
  PostgresService again(schema);
  EXPECT_LT(update(1, {.price = Money{6}})->as_of, after + 1'000'000'000'000) << "once";
}

TEST_F(PostgresCatalogueRaces, OfManyThatTakeOneSkuOneGetsIt) {
  constexpr std::size_t callers = 6;
  for (int round = 0; round < 20; ++round) {
    const auto answers = test::on_threads(callers, [&](std::size_t i) {
      auto product = sample(round * 10 + static_cast<int>(i));
      product.sku = "SKU-" + std::to_string(round);
      return create(std::move(product), i);
    });
    EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer.has_value(); }), 1);
    for (const auto& answer : answers) {
      if (!answer) EXPECT_EQ(answer.error().fields.at(0).field, "sku") << answer.error().message;
    }
  }
}

TEST_F(PostgresCatalogueRaces, ImportsOfTheSameProductsAddEachOnce) {
  const auto added = test::on_threads(4, [&](std::size_t i) {
    std::size_t count = 0;
    std::minstd_rand random(static_cast<unsigned>(i) + 1);
    for (int batch = 0; batch < 10; ++batch) {
      std::vector<Product> products;
      for (int number = 1; number <= 30; ++number) {
        products.push_back(sample(batch * 20 + number));
        products.back().category_name = number % 2 ? "Odd" : "Even";
      }
      std::ranges::shuffle(products, random);
      count += sync_wait(process(i).products().import_products(shop, products, no_deadline)).value().value;
    }
    return count;
  });
  EXPECT_EQ(std::accumulate(added.begin(), added.end(), std::size_t{0}), 210U);
  EXPECT_EQ(list({}).total, 210);
  EXPECT_EQ(list({.category = "Odd"}).total, 105);
}

TEST_F(PostgresCatalogueRaces, CountsOfCategoriesStayTrueWhileManyEdit) {
  constexpr int products = 12;
  const std::array<std::optional<std::string>, 4> names{"Attic", "Garden", "Kitchen", std::nullopt};
  for (int number = 1; number <= products; ++number) ASSERT_TRUE(create(sample(number)));
  const auto answers = test::on_threads(6, [&](std::size_t i) {
    std::vector<Error> errors;
    std::minstd_rand random(static_cast<unsigned>(i) + 1);
    for (int k = 0; k < 60; ++k) {
      const int number = static_cast<int>(random() % products) + 1;
      const ProductChange change{.category_name = names[random() % names.size()],
                                 .inventory_count = static_cast<std::int64_t>(random() % 50),
                                 .is_active = random() % 3 != 0};
      if (const auto updated = update(number, change, random()); !updated) errors.push_back(updated.error());
    }
    return errors;
  });
  for (const auto& errors : answers)
    for (const auto& error : errors) ADD_FAILURE() << to_string(error.code) << ": " << error.message;
  const auto all = list({.limit = 100});
  EXPECT_EQ(all.total, std::ssize(all.products));
  for (const auto& name : names) {
    if (!name) continue;
    const auto some = list({.category = name, .limit = 100});
    EXPECT_EQ(some.total, std::ssize(some.products)) << *name;
  }
}

}  // namespace
}  // namespace cloudcart::product
