#pragma once

#include <algorithm>
#include <map>

#include "promotion/ports/shop_source.h"
#include "promotion/ports/shop_target.h"

namespace cloudcart::promotion {

/// A shop in memory, as both ends of a promotion. Rows are kept in the order they come in.
class MemoryShop final : public ShopSource, public ShopTarget {
 public:
  void put(const Table& table, const Batch& rows) { add_rows(table, rows); }
  /// The engine is gone after so many batches more.
  void fail_after(int batches) { batches_left_ = batches; }
  bool is_finished() const { return mark_ && mark_->finished; }

  Task<Result<std::string>> fingerprint(Deadline) override { co_return name; }
  Task<Result<std::int64_t>> count(const Table& table, Deadline) override {
    co_return static_cast<std::int64_t>(rows_of(table).size());
  }
  std::unique_ptr<RowReader> read(const Table& table, std::optional<Batch> after) override {
    return std::make_unique<Reader>(rows_of(table), after ? index_behind(table, *after) : 0);
  }

  Task<Result<Begun>> begin(std::string source, Timestamp, Deadline) override {
    if (mark_ && mark_->source != source) co_return fail(ErrorCode::conflict, "Another shop is there.");
    if (mark_) co_return mark_->finished ? Begun::finished : Begun::again;
    for (const auto& [table, rows] : tables_)
      if (!rows.empty()) co_return fail(ErrorCode::conflict, "The target is not empty.");
    mark_ = {std::move(source), false};
    co_return Begun::anew;
  }
  Task<Result<std::optional<Batch>>> last_key(const Table& table, Deadline) override {
    const auto& rows = rows_of(table);
    if (rows.empty()) co_return std::optional<Batch>{};
    co_return std::optional{key_of(table, rows, rows.size() - 1)};
  }
  Task<Status> append(const Table& table, Batch rows, Deadline) override {
    if (batches_left_-- == 0) co_return fail(ErrorCode::unavailable, "The engine does not answer.");
    if (table.has_one_row()) tables_.erase(table.name);
    add_rows(table, rows);
    co_return Status{};
  }
  Task<Status> complete(const Table&, Deadline) override { co_return Status{}; }
  Task<Status> finish(Timestamp, Deadline) override {
    mark_->finished = true;
    co_return Status{};
  }

  std::string name = "shop";

 private:
  class Reader final : public RowReader {
   public:
    Reader(const Batch& rows, std::size_t next) : rows_(rows), next_(next) {}
    Task<Result<Batch>> next(std::size_t limit, Deadline) override {
      Batch taken = rows_;
      for (auto& values : taken.columns) values = Values(values.type());
      for (; taken.size() < limit && next_ < rows_.size(); ++next_)
        for (std::size_t i = 0; i < rows_.columns.size(); ++i)
          taken.columns[i].add_from(rows_.columns[i], next_);
      co_return taken;
    }

   private:
    const Batch rows_;
    std::size_t next_;
  };
  struct Mark {
    std::string source;
    bool finished;
  };

  Batch& rows_of(const Table& table) { return tables_.try_emplace(table.name, table.columns).first->second; }
  void add_rows(const Table& table, const Batch& rows) {
    auto& kept = rows_of(table);
    for (std::size_t row = 0; row < rows.size(); ++row)
      for (std::size_t i = 0; i < rows.columns.size(); ++i) kept.columns[i].add_from(rows.columns[i], row);
  }
  std::size_t index_behind(const Table& table, const Batch& key) {
    const auto& rows = rows_of(table);
    for (std::size_t row = 0; row < rows.size(); ++row)
      if (key_of(table, rows, row) == key) return row + 1;
    return rows.size();
  }

  std::map<std::string_view, Batch> tables_;
  std::optional<Mark> mark_;
  int batches_left_ = -1;  ///< below 0: it stays
};

}  // namespace cloudcart::promotion
