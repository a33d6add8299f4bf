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
      "INSERT INTO product(number, tenant, id, name, sort_name, price, is_active, created_at, updated_at) "
      "VALUES"
      "(11, 'main', x'01010101010101010101010101010101', 'Pot', 'pot', 1999, 1, 1, 1),"
      "(12, 'main', x'02020202020202020202020202020202', 'Pan', 'pan', 10, 1, 2, 2);"
      "INSERT INTO stock VALUES('main', x'01010101010101010101010101010101', 4, 1, 2);"
      "INSERT INTO stock VALUES('main', x'02020202020202020202020202020202', 7, 0, 0);"
      "INSERT INTO stock_movement(tenant, product_id, kind, delta, order_id, moved_at) VALUES"
      "('main', x'01010101010101010101010101010101', 'initial', 9, NULL, 1),"
      "('main', x'02020202020202020202020202020202', 'initial', 7, NULL, 2),"
      "('main', x'01010101010101010101010101010101', 'adjust', -2, NULL, 3),"
      "('main', x'01010101010101010101010101010101', 'reserve', 3, x'0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A', 4),"
      "('main', x'01010101010101010101010101010101', 'sell', 2, x'0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A', 5);"
      "INSERT INTO reservation VALUES('main', x'0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A', 'sold', 4, 5),"
      "('main', x'0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B', 'reserved', 4, 4),"
      "('main', x'0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C0C', 'released', 6, 6);"
      "INSERT INTO reservation_line VALUES"
      "('main', x'0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A0A', 0, x'01010101010101010101010101010101', 'Pot', '', "
      "1999, 2),"
      "('main', x'0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B', 1, x'02020202020202020202020202020202', 'P\"an', "
      "'Kitchen', 10, 1),"
      "('main', x'0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B', 0, x'01010101010101010101010101010101', 'Pot', '', "
      "1999, 1);");
}

ProductId product_of(char byte) {
  return ProductId::from_bytes(std::string(16, byte)).value();
}

TEST(StockMigrationTest, TheReservationsOfTheFirstSchemaKeepTheirLines) {
  const test::TempFolder folder;
  write_first_schema(folder.path() / "product.db");
  OffloadPool readers{"test-reader", 1, 100};
  sqlite::Store store{folder.path(), "product", readers};
  CatalogueIndex index;
  SqliteStockRepository stock{store, index};
  const auto order_of = [](char byte) { return OrderId::from_bytes(std::string(16, byte)).value(); };
  const std::vector<LineRequest> asked{{product_of(1), 1}, {product_of(2), 1}};
  const auto again =
      sync_wait(stock.reserve(shop, order_of(11), asked, from_unix_ms(7), no_deadline)).value();
  EXPECT_EQ(again.value, (std::vector<ReservedLine>{{product_of(1), "Pot", "", Money{1999}, 1},
                                                    {product_of(2), "P\"an", "Kitchen", Money{10}, 1}}));
  EXPECT_EQ(sync_wait(stock.reserve(shop, order_of(12), asked, from_unix_ms(7), no_deadline)).error().code,
            ErrorCode::conflict);
  const auto released = sync_wait(stock.release(shop, order_of(10), from_unix_ms(8), no_deadline)).value();
  EXPECT_EQ(released.value, (StockChanges{{shop, product_of(1)}}));
  EXPECT_EQ(sync_wait(stock.audit(shop, no_deadline)).value().at(0).kept, (Stock{6, 1, 0}));
}

TEST(StockMigrationTest, TheLedgerOfTheFirstSchemaKeepsItsHistory) {
  const test::TempFolder folder;
  write_first_schema(folder.path() / "product.db");
  OffloadPool readers{"test-reader", 1, 100};
  sqlite::Store store{folder.path(), "product", readers};
  CatalogueIndex index;
  SqliteStockLedger ledger{store, index};
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
  SqliteStockRepository stock{store, index};
  const auto audits = sync_wait(stock.audit(shop, no_deadline)).value();
  ASSERT_EQ(audits.size(), 2U);
  for (const auto& audit : audits) EXPECT_EQ(audit.kept, audit.by_ledger);
}

}  // namespace
}  // namespace cloudcart::product
