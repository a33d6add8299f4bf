#include <gtest/gtest.h>

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
