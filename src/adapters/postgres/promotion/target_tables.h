#pragma once

#include <string>
#include <vector>

#include "adapters/postgres/store/query.h"
#include "promotion/domain/batch.h"

namespace cloudcart::promotion {

/// The statements that read and write the tables of a shop; its schemas are named <prefix>_<store>.
class TargetTables {
 public:
  explicit TargetTables(std::string prefix) : prefix_(std::move(prefix)) {}

  std::string schema_of(std::string_view store) const { return prefix_ + "_" + std::string{store}; }
  std::string name_of(const Table& table) const {
    return schema_of(table.store) + "." + std::string{table.name};
  }

  /// All columns in order of the key, up to `limit` rows. `after`: only those beyond the key.
  postgres::Query select_rows(const Table& table, const std::optional<Batch>& after, std::size_t limit) const;
  postgres::Query select_last_key(const Table& table) const;
  /// With what each row brings along: what its name is ordered by, the text that it is found by.
  postgres::Query insert_rows(const Table& table, const Batch& rows) const;
  /// Of a table that has all its rows: what is made of all of them, and what the planner wants to know. May be run again.
  std::vector<postgres::Query> complete(const Table& table) const;

  /// What an answer of select_rows() or select_last_key() holds.
  static Batch read(std::span<const Column> columns, const postgres::Rows& rows);

 private:
  std::string prefix_;
};

}  // namespace cloudcart::promotion
