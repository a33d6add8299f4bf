#include "promotion/app/compare_shops.h"

#include "core/sha256.h"

namespace cloudcart::promotion {
namespace {

/// Adds up one side of a table.
class Adder {
 public:
  explicit Adder(const Table& table) : table_(table) {
    for (const auto& column : table.columns)
      if (column.summed) sum_.sums.emplace_back(column.name, 0);
  }

  void add(const Batch& rows) {
    bytes_.clear();
    for (std::size_t row = 0; row < rows.size(); ++row)
      for (const auto& values : rows.columns) add_value(values, row);
    digest_.add(bytes_);
    sum_.rows += static_cast<std::int64_t>(rows.size());
    auto next = sum_.sums.begin();
    for (std::size_t i = 0; i < table_.columns.size(); ++i)
      if (table_.columns[i].summed) add_up(rows.columns[i], (next++)->second);
  }

  TableSum take() {
    sum_.sha256 = to_hex(digest_.take());
    return std::move(sum_);
  }

 private:
  /// Each value with its length, so that none runs into the next.
  void add_value(const Values& values, std::size_t row) {
    const bool is_text = values.type() >= ValueType::text;
    const std::int64_t head = values.is_null(row) ? -1
                              : is_text           ? static_cast<std::int64_t>(values.bytes(row).size())
                                                  : static_cast<std::int64_t>(sizeof(std::int64_t));
    append(head);
    if (values.is_null(row)) return;
    if (is_text)
      bytes_ += values.bytes(row);
    else
      append(values.number(row));
  }
  void append(std::int64_t number) { bytes_.append(reinterpret_cast<const char*>(&number), sizeof number); }

  /// Around the end of the range, which no shop reaches: both sides would do it.
  static void add_up(const Values& values, std::int64_t& sum) {
    auto total = static_cast<std::uint64_t>(sum);
    for (std::size_t row = 0; row < values.size(); ++row)
      total += static_cast<std::uint64_t>(values.number(row));
    sum = static_cast<std::int64_t>(total);
  }

  const Table& table_;
  Sha256Stream digest_;
  std::string bytes_;
  TableSum sum_;
};

}  // namespace

Task<Result<std::vector<TableComparison>>> CompareShops::operator()(ShowProgress show, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto total, co_await count_rows(source_, deadline));
  std::int64_t done = 0;
  std::vector<TableComparison> compared;
  for (const auto& table : tables()) {
    const auto tell = [&](std::int64_t rows) { show(table.name, done + rows, total); };
    CLOUDCART_CO_TRY(auto one, co_await compare(table, tell, deadline));
    done += one.source.rows;
    compared.push_back(std::move(one));
  }
  co_return compared;
}

Task<Result<TableComparison>> CompareShops::compare(const Table& table,
                                                    const std::function<void(std::int64_t)>& show,
                                                    Deadline deadline) {
  TableComparison compared{.store = table.store, .table = table.name};
  const auto from = source_.read(table, std::nullopt);
  const auto to = target_.read(table, std::nullopt);
  Adder source_sum(table), target_sum(table);
  std::int64_t rows = 0;
  for (bool more = true; more; show(rows)) {
    CLOUDCART_CO_TRY(const auto source, co_await from->next(batch_, deadline));
    CLOUDCART_CO_TRY(const auto target, co_await to->next(batch_, deadline));
    source_sum.add(source);
    target_sum.add(target);
    rows += static_cast<std::int64_t>(source.size());
    if (!compared.first_difference)
      if (const auto row = first_difference(source, target))
        compared.first_difference = key_text(table, *row < source.size() ? source : target, *row);
    more = source.size() == batch_ || target.size() == batch_;
  }
  compared.source = source_sum.take();
  compared.target = target_sum.take();
  co_return compared;
}

}  // namespace cloudcart::promotion
