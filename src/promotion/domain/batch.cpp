#include "promotion/domain/batch.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include "core/id.h"
#include "core/text.h"

namespace cloudcart::promotion {

void Values::add(std::int64_t number) {
  if (has_bytes()) throw std::logic_error("a number in a column of bytes");
  numbers_.push_back(number);
  nulls_.push_back(false);
}

void Values::add(double real) {
  if (type_ != ValueType::real) throw std::logic_error("a real in a column of something else");
  add(std::bit_cast<std::int64_t>(real));
}

void Values::add(std::string_view bytes) {
  if (!has_bytes()) throw std::logic_error("bytes in a column of numbers");
  bytes_ += bytes;
  ends_.push_back(bytes_.size());
  nulls_.push_back(false);
}

void Values::add_null() {
  if (has_bytes())
    ends_.push_back(bytes_.size());
  else
    numbers_.push_back(0);
  nulls_.push_back(true);
}

double Values::real(std::size_t row) const {
  return std::bit_cast<double>(numbers_[row]);
}

std::string_view Values::bytes(std::size_t row) const {
  const auto begin = row == 0 ? 0 : ends_[row - 1];
  return std::string_view{bytes_}.substr(begin, ends_[row] - begin);
}

void Values::add_from(const Values& other, std::size_t row) {
  if (other.is_null(row)) return add_null();
  has_bytes() ? add(other.bytes(row)) : add(other.number(row));
}

bool Values::is_same(std::size_t row, const Values& other, std::size_t other_row) const {
  if (type_ != other.type_ || is_null(row) != other.is_null(other_row)) return false;
  return has_bytes() ? bytes(row) == other.bytes(other_row) : number(row) == other.number(other_row);
}

std::string Values::to_text(std::size_t row) const {
  if (is_null(row)) return "nothing";
  switch (type_) {
    case ValueType::integer:
      return std::to_string(number(row));
    case ValueType::real:
      return std::to_string(real(row));
    case ValueType::boolean:
      return number(row) != 0 ? "true" : "false";
    case ValueType::text:
      return std::string{bytes(row)};
    case ValueType::bytes:
      return hex_encode(bytes(row));
    case ValueType::id:
      break;
  }
  const auto id = Uuid::from_bytes(bytes(row));
  return id ? id->to_string() : hex_encode(bytes(row));
}

Batch::Batch(std::span<const Column> of) {
  columns.reserve(of.size());
  for (const auto& column : of) columns.emplace_back(column.type);
}

Batch key_of(const Table& table, const Batch& batch, std::size_t row) {
  Batch key(table.key());
  for (std::size_t i = 0; i < table.key_size; ++i) key.columns[i].add_from(batch.columns[i], row);
  return key;
}

std::string key_text(const Table& table, const Batch& batch, std::size_t row) {
  std::string text;
  for (std::size_t i = 0; i < table.key_size; ++i) {
    if (i > 0) text += ", ";
    text += batch.columns[i].to_text(row);
  }
  return text;
}

std::optional<std::size_t> first_difference(const Batch& a, const Batch& b) {
  if (a == b) return std::nullopt;
  const auto both = std::min(a.size(), b.size());
  for (std::size_t row = 0; row < both; ++row)
    for (std::size_t i = 0; i < a.columns.size(); ++i)
      if (!a.columns[i].is_same(row, b.columns[i], row)) return row;
  return both;
}

}  // namespace cloudcart::promotion
