#include <gtest/gtest.h>

#include "adapters/postgres/product/search_index.h"
#include "contract/product/postgres_fixture.h"
#include "contract/product/samples.h"
#include "support/catalogue_twins.h"

namespace cloudcart::product {
namespace {

class PostgresLists : public testing::Test {
 protected:
  PostgresFixture fixture;
};

TEST_F(PostgresLists, AreThoseOfThePlainAdapterWhateverIsWritten) {
  test::CatalogueTwins twins(fixture.products(), test::CatalogueTwins::Numbers::are_its_own);
  for (int step = 0; step < 600 && !HasFatalFailure(); ++step) {
    twins.write_something();
    twins.compare_some_list();
    if (step % 10 == 0) twins.compare_categories();
  }
}

TEST_F(PostgresLists, AreTheSameWhereTheServerHasNoIndexForSearches) {
  const auto has_index = [this] {
    const auto rows = sync_wait(
        fixture.store().ask(no_deadline, {"SELECT to_regclass('product_text_trigrams') IS NOT NULL", {}}));
    return rows.value()[0].boolean(0);
  };
  ASSERT_TRUE(has_index()) << "PostgreSQL comes with pg_trgm";
  ASSERT_TRUE(sync_wait(fixture.store().write(no_deadline, [](postgres::Session& session) -> Task<Status> {
    co_await session.run("DROP INDEX product_text_trigrams");
    co_return Status{};
  })));
  test::CatalogueTwins twins(fixture.products(), test::CatalogueTwins::Numbers::are_its_own);
  for (int step = 0; step < 200 && !HasFatalFailure(); ++step) {
    twins.write_something();
    twins.compare_some_list();
  }
  index_search(fixture.store());
  EXPECT_TRUE(has_index()) << "it is made as soon as it can be";
  for (int step = 0; step < 100 && !HasFatalFailure(); ++step) twins.compare_some_list();
}

TEST_F(PostgresLists, TermsThatTheIndexDoesNotKnowAreFoundToo) {
  auto odd = sample(1);
  odd.name = "Ab-1 50% Öl_x \\ tee";
  ASSERT_TRUE(sync_wait(fixture.products().create(shop, odd, somebodys_note(), no_deadline)));
  ASSERT_TRUE(sync_wait(fixture.products().create(shop, sample(2), somebodys_note(), no_deadline)));
  for (const std::string term : {"ab", "50%", "öl_", "\\", "tee", "-1", "l_x", "0% ö"}) {
    const auto page =
        sync_wait(fixture.products().list(shop, {.terms = {term, "tee"}}, no_deadline)).value().value;
    EXPECT_EQ(page.total, 1) << term;
  }
  EXPECT_FALSE(is_indexed("ab"));
  EXPECT_FALSE(is_indexed("ö-l"));
  EXPECT_FALSE(is_indexed("a1-b2"));
  EXPECT_TRUE(is_indexed("ölabc"));
}

TEST_F(PostgresLists, ACategoryWithoutANameIsOne) {
  auto without = sample(1), unnamed = sample(2);
  unnamed.category_name = "";
  for (const auto& product : {without, unnamed})
    ASSERT_TRUE(sync_wait(fixture.products().create(shop, product, somebodys_note(), no_deadline)));
  const auto list = [&](ProductQuery query) {
    return sync_wait(fixture.products().list(shop, std::move(query), no_deadline)).value().value;
  };
  EXPECT_EQ(list({}).total, 2);
  EXPECT_EQ(list({.category = ""}).total, 1);
  EXPECT_EQ(list({.category = ""}).products, std::vector{unnamed});
}

}  // namespace
}  // namespace cloudcart::product
