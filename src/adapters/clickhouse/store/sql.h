#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/id.h"

namespace cloudcart::clickhouse {

/// A string literal of any bytes: the only way by which text comes into a statement.
std::string literal(std::string_view bytes);
/// 'a', 'b', …
template <class IdType>
std::string literals(const std::vector<IdType>& ids) {
  std::string list;
  for (const auto& id : ids) (list += list.empty() ? "" : ",") += literal(id.as_bytes());
  return list;
}

/// Rows in ClickHouse's RowBinary, column by column in the order of the table's.
class RowWriter {
 public:
  template <class Number>
    requires std::is_integral_v<Number>
  RowWriter& number(Number value) {
    put_bytes(bytes_, value);
    return *this;
  }
  RowWriter& id(const Uuid& id) {
    bytes_.append(id.as_bytes());
    return *this;
  }
  RowWriter& text(std::string_view text);
  /// Of an array, before its elements.
  RowWriter& count(std::size_t elements);
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Takes such rows apart again. What is not there is not taken: once a take has failed all later ones do, so that one look at
/// is_good() at the end is enough.
class RowReader {
 public:
  explicit RowReader(std::string_view rows) : bytes_(rows) {}
  template <class Number>
    requires std::is_integral_v<Number>
  Number number() {
    return bytes_.take<Number>();
  }
  Uuid id() { return bytes_.take<Uuid>(); }
  std::string_view text() { return bytes_.take_bytes(count()); }
  /// How many elements of an array follow; never more than there are bytes left.
  std::size_t count();
  bool has_more() const { return bytes_.left() > 0; }
  bool is_good() const { return bytes_.is_good(); }

 private:
  ByteReader bytes_;
};

}  // namespace cloudcart::clickhouse
