#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/id.h"

namespace boost::json {
class array;
class value;
}  // namespace boost::json

namespace cloudcart::clickhouse {

/// A row of an answer. Takers throw std::runtime_error for a column that is not of their kind.
class Row {
 public:
  explicit Row(const boost::json::value& cells) : cells_(&cells) {}
  std::int64_t integer(std::size_t column) const;
  std::uint64_t natural(std::size_t column) const;
  std::string text(std::size_t column) const;
  /// Of a column that is hex() of 16 bytes.
  Uuid uuid(std::size_t column) const;
  template <class IdType>
  IdType id(std::size_t column) const {
    return IdType{uuid(column)};
  }

 private:
  const boost::json::value& cell(std::size_t column) const;
  std::string_view word(std::size_t column) const;
  template <class Number>
  Number number(std::size_t column) const;

  const boost::json::value* cells_;
};

/// What a SELECT answered, in the format JSONCompact: exact for every text and every 64-bit number.
class Answer {
 public:
  /// Throws std::runtime_error for anything else.
  explicit Answer(std::string_view json);

  std::size_t size() const;
  Row row(std::size_t index) const;
  /// How many rows there would be without LIMIT.
  std::size_t rows_before_limit() const;

 private:
  std::shared_ptr<const boost::json::value> root_;
  const boost::json::array* data_;
};

}  // namespace cloudcart::clickhouse
