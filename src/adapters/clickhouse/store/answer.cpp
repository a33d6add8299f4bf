#include "adapters/clickhouse/store/answer.h"

#include <charconv>
#include <stdexcept>

#include <boost/json.hpp>

#include "core/text.h"

namespace cloudcart::clickhouse {
namespace {

namespace json = boost::json;

[[noreturn]] void unreadable() {
  throw std::runtime_error("ClickHouse sent an answer that cannot be read.");
}

}  // namespace

const json::value& Row::cell(std::size_t column) const {
  const auto* cells = cells_->if_array();
  if (!cells || column >= cells->size()) unreadable();
  return (*cells)[column];
}

std::string_view Row::word(std::size_t column) const {
  const auto* text = cell(column).if_string();
  if (!text) unreadable();
  return {text->data(), text->size()};
}

/// 64-bit numbers come as such or, by a server's setting, in quotes.
template <class Number>
Number Row::number(std::size_t column) const {
  const auto& value = cell(column);
  if (value.is_string()) {
    const auto digits = word(column);
    Number number{};
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) unreadable();
    return number;
  }
  boost::system::error_code error;
  const auto number = value.to_number<Number>(error);
  if (error || value.is_double()) unreadable();
  return number;
}

std::int64_t Row::integer(std::size_t column) const {
  return number<std::int64_t>(column);
}

std::uint64_t Row::natural(std::size_t column) const {
  return number<std::uint64_t>(column);
}

std::string Row::text(std::size_t column) const {
  return std::string{word(column)};
}

Uuid Row::uuid(std::size_t column) const {
  const auto digits = word(column);
  Uuid id;
  if (digits.size() != 2 * id.bytes.size()) unreadable();
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const auto high = hex_value(digits[2 * i]), low = hex_value(digits[2 * i + 1]);
    if (high < 0 || low < 0) unreadable();
    id.bytes[i] = static_cast<std::uint8_t>(16 * high + low);
  }
  return id;
}

Answer::Answer(std::string_view text) {
  boost::system::error_code error;
  root_ = std::make_shared<const json::value>(json::parse({text.data(), text.size()}, error));
  if (error || !root_->is_object()) unreadable();
  const auto* data = root_->get_object().if_contains("data");
  data_ = data ? data->if_array() : nullptr;
  if (!data_) unreadable();
}

std::size_t Answer::size() const {
  return data_->size();
}

Row Answer::row(std::size_t index) const {
  return Row{data_->at(index)};
}

std::size_t Answer::rows_before_limit() const {
  const auto* rows = root_->get_object().if_contains("rows_before_limit_at_least");
  if (!rows) return size();
  boost::system::error_code error;
  const auto number = rows->to_number<std::size_t>(error);
  if (error) unreadable();
  return number;
}

}  // namespace cloudcart::clickhouse
