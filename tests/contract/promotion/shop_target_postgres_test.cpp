#include <gmock/gmock.h>

#include "adapters/postgres/promotion/postgres_shop_target.h"
#include "adapters/postgres/promotion/promotion_mark.h"
#include "contract/promotion/shop_target_contract.h"
#include "support/postgres_schema.h"

namespace cloudcart::promotion {
namespace {

/// Schemas of its own, which go with it.
class Schemas {
 public:
  ~Schemas() {
    postgres::Link link(url, "tests");
    for (const std::string store : {"user", "product", "order", "analytics", "recommendation", "promotion"})
      link.run("DROP SCHEMA IF EXISTS " + prefix + "_" + store + " CASCADE");
  }

 private:
  const test::PostgresSchema named_;

 public:
  const std::string url = named_.options().url, prefix = named_.options().schema;
};

class Postgres : public testing::Test {
 protected:
  ShopTarget& target() { return target_; }

  Schemas schemas_;
  PostgresShopTarget target_{schemas_.url, schemas_.prefix};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, ShopTargetContract, Postgres);

class PostgresShopTargetTest : public ShopTargetContract<Postgres> {
 protected:
  std::string value(const std::string& sql) {
    postgres::Link link(schemas_.url, "tests");
    link.run("SET search_path TO " + schemas_.prefix + "_product");
    return link.value(sql);
  }
};

TEST_F(PostgresShopTargetTest, IsNotForUseUntilItIsFinished) {
  const auto use = [this] { refuse_unfinished(schemas_.url, schemas_.prefix); };
  EXPECT_NO_THROW(use());
  ASSERT_TRUE(begin("a"));
  EXPECT_THAT(use, testing::ThrowsMessage<std::runtime_error>(testing::HasSubstr("cloudcart promote")));
  ASSERT_TRUE(sync_wait(target().finish(now, Deadline::max())));
  EXPECT_NO_THROW(use());
}

TEST_F(PostgresShopTargetTest, WorksAlone) {
  EXPECT_THAT(([this] { PostgresShopTarget(schemas_.url, schemas_.prefix); }),
              testing::ThrowsMessage<std::runtime_error>(testing::HasSubstr("under way")));
}

TEST_F(PostgresShopTargetTest, ARowBringsAlongWhatItIsFoundBy) {
  ASSERT_TRUE(begin("a"));
  append("product", products(1, 7));
  ASSERT_TRUE(sync_wait(target().complete(table("product"), Deadline::max())));
  EXPECT_EQ(value("SELECT count(*) FROM product JOIN product_text ON product = number AND"
                  " folded LIKE '%téapot%' AND product.name_key LIKE 'téapot%'"),
            "7");
  // Of 1, 5 and 7, which are active and have one, and of 2 and 4, which have none.
  EXPECT_EQ(
      value("SELECT string_agg(coalesce(name, 'none') || active, ' ' ORDER BY name) FROM category_size"),
      "Kitchen3 none2");
  EXPECT_EQ(value("SELECT nextval(pg_get_serial_sequence('product', 'number'))"), "8");
}

TEST_F(PostgresShopTargetTest, ABatchIsThereAsAWholeOrNotAtAll) {
  ASSERT_TRUE(begin("a"));
  append("product", products(3, 3));
  EXPECT_FALSE(sync_wait(target().append(table("product"), products(1, 5), Deadline::max())));
  EXPECT_EQ(all("product"), products(3, 3));
}

}  // namespace
}  // namespace cloudcart::promotion
