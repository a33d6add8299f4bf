#pragma once

#include "adapters/postgres/promotion/target_tables.h"
#include "adapters/postgres/store/link.h"
#include "adapters/postgres/store/store.h"
#include "promotion/ports/shop_target.h"

namespace cloudcart::promotion {

/// The schemas <prefix>_<store> of a PostgreSQL database.
class PostgresShopTarget final : public ShopTarget {
 public:
  /// Makes the schemas that are not there. Throws std::runtime_error with a sentence for the operator; when another promotion
  /// is under way as well.
  PostgresShopTarget(std::string url, std::string prefix);

  Task<Result<Begun>> begin(std::string source, Timestamp now, Deadline deadline) override;
  Task<Result<std::int64_t>> count(const Table& table, Deadline deadline) override;
  std::unique_ptr<RowReader> read(const Table& table, std::optional<Batch> after) override;
  Task<Result<std::optional<Batch>>> last_key(const Table& table, Deadline deadline) override;
  Task<Status> append(const Table& table, Batch rows, Deadline deadline) override;
  Task<Status> complete(const Table& table, Deadline deadline) override;
  Task<Status> finish(Timestamp now, Deadline deadline) override;

 private:
  struct Mark {
    std::string source;
    bool is_finished = false;
  };
  Task<Result<std::optional<Mark>>> mark(Deadline deadline);
  /// Errors: conflict, when some table has rows.
  Task<Status> check_empty(Deadline deadline);
  Task<Status> check_unused(Deadline deadline);

  const std::string prefix_;
  const TargetTables tables_;
  postgres::Link lock_;  ///< has the advisory lock for as long as it lives
  postgres::Store store_;
};

}  // namespace cloudcart::promotion
