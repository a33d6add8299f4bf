#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "promotion/domain/table.h"

namespace cloudcart::promotion {

/// The values of one column, in order of the rows. Kept side by side: rows are moved by the million.
class Values {
 public:
  explicit Values(ValueType type) : type_(type) {}

  void add(std::int64_t number);  ///< of type integer; 0 or 1 of type boolean
  void add(double real);
  void add(std::string_view bytes);  ///< of type text, bytes or id
  void add_null();

  ValueType type() const { return type_; }
  std::size_t size() const { return nulls_.size(); }
  bool is_null(std::size_t row) const { return nulls_[row]; }
  std::int64_t number(std::size_t row) const { return numbers_[row]; }
  double real(std::size_t row) const;
  std::string_view bytes(std::size_t row) const;
  /// The value as itself, from another column of the same type.
  void add_from(const Values& other, std::size_t row);
  bool is_same(std::size_t row, const Values& other, std::size_t other_row) const;
  /// For people.
  std::string to_text(std::size_t row) const;

  bool operator==(const Values&) const = default;

 private:
  bool has_bytes() const { return type_ >= ValueType::text; }

  ValueType type_;
  std::vector<bool> nulls_;
  std::vector<std::int64_t> numbers_;  ///< of all but text, bytes and ids; reals by their bits
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

/// Rows of a table, in order of its key.
struct Batch {
  explicit Batch(std::span<const Column> of);

  std::vector<Values> columns;

  std::size_t size() const { return columns.empty() ? 0 : columns.front().size(); }
  bool empty() const { return size() == 0; }
  bool operator==(const Batch&) const = default;
};

/// The key of a row, as a batch of one row that has only the columns of the key.
Batch key_of(const Table& table, const Batch& batch, std::size_t row);
/// For people: "main, 018f…".
std::string key_text(const Table& table, const Batch& batch, std::size_t row);
/// The first row in which the two differ, in a value or in being there; nullopt when they are equal.
std::optional<std::size_t> first_difference(const Batch& a, const Batch& b);

}  // namespace cloudcart::promotion
