#include <gtest/gtest.h>

#include "adapters/sqlite/product/sqlite_stock_ledger.h"
#include "adapters/sqlite/product/sqlite_stock_repository.h"
#include "adapters/sqlite/store/migrate.h"
#include "runtime/executor.h"
#include "support/temp_folder.h"

namespace cloudcart::product {
namespace {

constexpr auto no_deadline = Deadline::max();
const TenantId shop{"main"};

/// A store of the first schema, with what was written into it then.
void write_first_schema(const std::filesystem::path& path) {
  sqlite::Connection old(path.string(), sqlite::Connection::Mode::writer);
  sqlite::migrate(old, path, sqlite::migrations_of("product").first(1));
  old.execute(
      "INSERT INTO stock VALUES('main', x'01010101010101010101010101010101', 4, 1, 2);"
      "INSERT INTO stock VALUES('main', x'02020202020202020202020202020202', 7, 0, 0);"
      "INSERT INTO stock_movement(tenant, product_id, kind, delta, order_id, moved_at) VALUES"
      "('main', x'01010101010101010101010101010101', 'initial', 9, NULL, 1),"
      "('main', x'02020202020202020202020202020202', 'initial', 7, NULL, 2),"
      "('main', x'01010101010101010101010101010101', 'adjust', -2, NULL, 3),"
      "('main', x'01010101010101010101010101010101', 'reserve', 3, x'0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A', 4),"
      "('main', x'01010101010101010101010101010101', 'sell', 2, x'0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A', 5);");
}

ProductId product_of(char byte) {
  return ProductId::from_bytes(std::string(16, byte)).value();
}

TEST(StockMigrationTest, TheLedgerOfTheFirstSchemaKeepsItsHistory) {
  const test::TempFolder folder;
  write_first_schema(folder.path() / "product.db");
  OffloadPool readers{"test-reader", 1, 100};
  sqlite::Store store{folder.path(), "product", readers};
  SqliteStockLedger ledger{store};
  const auto first = sync_wait(ledger.history(shop, product_of(1), {.limit = 3}, no_deadline)).value();
  EXPECT_EQ(first.stock, (Stock{4, 1, 2}));
  EXPECT_EQ(first.total, 4);
  ASSERT_EQ(first.movements.size(), 3U);
  EXPECT_EQ(first.movements[0].sequence, 4);
  EXPECT_EQ(first.movements[0].movement, Movement::sell);
  EXPECT_EQ(first.movements[0].order_id, OrderId::from_bytes(std::string(16, 10)));
  EXPECT_EQ(first.movements[2].delta, -2);
  const auto last = sync_wait(ledger.history(shop, product_of(1), {.from = first.next}, no_deadline)).value();
  ASSERT_EQ(last.movements.size(), 1U);
  EXPECT_EQ(last.movements[0], (StockMovement{.sequence = 1, .delta = 9, .time = from_unix_ms(1)}));

  const StockAdjustment adjustment{product_of(2), {CountChange::Kind::by, 1}, {"found", {}}};
  ASSERT_TRUE(sync_wait(ledger.adjust(shop, adjustment, std::nullopt, from_unix_ms(6), no_deadline)));
  EXPECT_EQ(sync_wait(ledger.history(shop, product_of(2), {}, no_deadline))->movements.at(0).sequence, 2);
  SqliteStockRepository stock{store};
  const auto audits = sync_wait(stock.audit(shop, no_deadline)).value();
  ASSERT_EQ(audits.size(), 2U);
  for (const auto& audit : audits) EXPECT_EQ(audit.kept, audit.by_ledger);
}

}  // namespace
}  // namespace cloudcart::product
