#include "core/json_reader.h"

#include <cmath>
#include <limits>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value_stack.hpp>
#include <fmt/format.h>

#include "core/text.h"

namespace cloudcart {
namespace {

namespace json = boost::json;

constexpr std::size_t max_depth = 64;
constexpr std::string_view expected_object = "must be a JSON object";

/// Builds a tree like boost::json::parser does, and counts the members that the text held: an object that
/// ends up with fewer had a key twice.
struct TreeHandler {
  constexpr static std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  constexpr static std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  constexpr static std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  constexpr static std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  json::value_stack stack;
  std::size_t members = 0;

  bool on_document_begin(json::error_code&) {
    stack.reset();
    return true;
  }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return true; }
  bool on_object_end(std::size_t n, json::error_code&) {
    members += n;
    stack.push_object(n);
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t n, json::error_code&) {
    stack.push_array(n);
    return true;
  }
  bool on_key_part(json::string_view text, std::size_t, json::error_code&) {
    stack.push_chars(text);
    return true;
  }
  bool on_key(json::string_view text, std::size_t, json::error_code&) {
    stack.push_key(text);
    return true;
  }
  bool on_string_part(json::string_view text, std::size_t, json::error_code&) {
    stack.push_chars(text);
    return true;
  }
  bool on_string(json::string_view text, std::size_t, json::error_code&) {
    stack.push_string(text);
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    stack.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    stack.push_uint64(number);
    return true;
  }
  /// Beyond what a double holds the parser makes an infinity, and of 0e400 no number, which passes for within any bounds.
  bool on_double(double number, json::string_view, json::error_code& ec) {
    if (!std::isfinite(number)) {
      ec = json::error::exponent_overflow;
      return false;
    }
    stack.push_double(number);
    return true;
  }
  bool on_bool(bool truth, json::error_code&) {
    stack.push_bool(truth);
    return true;
  }
  bool on_null(json::error_code&) {
    stack.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

std::size_t count_members(const json::value& value) {
  std::size_t count = 0;
  if (const auto* object = value.if_object()) {
    count = object->size();
    for (const auto& member : *object) count += count_members(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) count += count_members(element);
  }
  return count;
}

/// The decimal text of a JSON number of money size, or nullopt when it has more than two decimals. A double
/// holds every two-decimal amount below 2^46 (70 trillion) closely enough to tell it from its neighbours.
std::optional<Money> money_of_number(const json::value& value) {
  if (const auto* integer = value.if_int64()) return Money{100}.times(*integer);
  const auto* number = value.if_double();
  if (!number || !(std::abs(*number) < 7e13)) return std::nullopt;
  const double cents = std::round(*number * 100);
  if (static_cast<double>(static_cast<std::int64_t>(cents)) / 100 != *number) return std::nullopt;
  return Money{static_cast<std::int64_t>(cents)};
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::basic_parser<TreeHandler> parser(options);
  json::error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (ec) {
    return fail(ErrorCode::malformed_request,
                fmt::format("The body is not valid JSON: {} (at byte {}).", ec.message(), used));
  }
  if (!trim(text.substr(used)).empty())
    return fail(ErrorCode::malformed_request, "The body holds something after the JSON value.");
  auto value = parser.handler().stack.release();
  if (count_members(value) != parser.handler().members)
    return fail(ErrorCode::malformed_request, "The body holds a key twice in one object.");
  return value;
}

std::optional<std::string> text_violation(std::string_view text, const TextRule& rule) {
  if (!is_valid_utf8(text)) return "must be valid UTF-8";
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (control && !(rule.multiline && (c == '\n' || c == '\r' || c == '\t')))
      return "must not contain control characters";
  }
  const std::size_t length = utf8_length(text);
  if (length >= rule.min && length <= rule.max) return std::nullopt;
  if (rule.min == 0) return fmt::format("must be at most {} characters long", rule.max);
  if (length == 0 && rule.min == 1) return "must not be empty";
  return fmt::format("must be {} to {} characters long", rule.min, rule.max);
}

FieldReader::FieldReader(const json::value& value) : object_(value.if_object()), errors_(&own_errors_) {
  if (!object_) add_error("body", std::string{expected_object});
}

FieldReader::FieldReader(const json::value& value, std::string prefix, std::vector<FieldError>& errors)
    : object_(value.if_object()), prefix_(std::move(prefix)), errors_(&errors) {
  if (!object_) {
    const auto name = prefix_.ends_with('.') ? prefix_.substr(0, prefix_.size() - 1) : prefix_;
    errors_->push_back({name, std::string{expected_object}});
  }
}

void FieldReader::add_error(std::string_view name, std::string message) {
  errors_->push_back({prefix_ + std::string{name}, std::move(message)});
}

Status FieldReader::finish() const {
  if (errors_->empty()) return {};
  return fail(Error::validation(*errors_));
}

const json::value* FieldReader::find(std::string_view name) const {
  if (!object_) return nullptr;
  const auto* value = object_->if_contains(name);
  return value && !value->is_null() ? value : nullptr;
}

bool FieldReader::has(std::string_view name) const {
  return find(name) != nullptr;
}

const json::value* FieldReader::require(std::string_view name) {
  const auto* value = find(name);
  // A body that is no object has been reported once already.
  if (!value && object_) add_error(name, "is required");
  return value;
}

std::optional<std::string> FieldReader::check_text(std::string_view name, const json::value& value,
                                                   TextRule rule) {
  const auto* text = value.if_string();
  if (!text) {
    add_error(name, "must be a string");
    return std::nullopt;
  }
  std::string_view view{text->data(), text->size()};
  if (rule.trimmed) view = trim(view);
  if (auto violation = text_violation(view, rule)) {
    add_error(name, std::move(*violation));
    return std::nullopt;
  }
  return std::string{view};
}

std::string FieldReader::text(std::string_view name, TextRule rule) {
  const auto* value = require(name);
  return value ? check_text(name, *value, rule).value_or("") : "";
}

std::optional<std::string> FieldReader::optional_text(std::string_view name, TextRule rule) {
  const auto* value = find(name);
  return value ? check_text(name, *value, rule) : std::nullopt;
}

std::optional<std::int64_t> FieldReader::check_integer(std::string_view name, const json::value& value,
                                                       std::int64_t min, std::int64_t max) {
  const auto* number = value.if_int64();
  if (!number || *number < min || *number > max) {
    add_error(name, max == std::numeric_limits<std::int64_t>::max()
                        ? fmt::format("must be an integer of at least {}", min)
                        : fmt::format("must be an integer from {} to {}", min, max));
    return std::nullopt;
  }
  return *number;
}

std::int64_t FieldReader::integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const auto* value = require(name);
  return value ? check_integer(name, *value, min, max).value_or(min) : min;
}

std::optional<std::int64_t> FieldReader::optional_integer(std::string_view name, std::int64_t min,
                                                          std::int64_t max) {
  const auto* value = find(name);
  return value ? check_integer(name, *value, min, max) : std::nullopt;
}

std::optional<double> FieldReader::optional_number(std::string_view name, double min, double max) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  if (value->is_number()) {
    const auto number = value->to_number<double>();
    if (number >= min && number <= max) return number;
  }
  add_error(name, fmt::format("must be a number from {} to {}", min, max));
  return std::nullopt;
}

std::optional<bool> FieldReader::optional_boolean(std::string_view name) {
  const auto* value = find(name);
  if (!value) return std::nullopt;
  if (const auto* truth = value->if_bool()) return *truth;
  add_error(name, "must be true or false");
  return std::nullopt;
}

std::optional<Money> FieldReader::check_money(std::string_view name, const json::value& value, Money min,
                                              Money max) {
  std::optional<Money> amount;
  if (const auto* text = value.if_string()) {
    amount = Money::parse({text->data(), text->size()});
  } else {
    amount = money_of_number(value);
  }
  if (!amount || *amount < min || *amount > max) {
    add_error(name, fmt::format("must be an amount from {} to {} with at most two decimals", min.to_string(),
                                max.to_string()));
    return std::nullopt;
  }
  return amount;
}

Money FieldReader::money(std::string_view name, Money min, Money max) {
  const auto* value = require(name);
  return value ? check_money(name, *value, min, max).value_or(Money{}) : Money{};
}

std::optional<Money> FieldReader::optional_money(std::string_view name, Money min, Money max) {
  const auto* value = find(name);
  return value ? check_money(name, *value, min, max) : std::nullopt;
}

Uuid FieldReader::uuid(std::string_view name) {
  const auto* value = require(name);
  if (!value) return {};
  if (const auto* text = value->if_string()) {
    if (const auto id = Uuid::parse({text->data(), text->size()})) return *id;
  }
  add_error(name, "must be a UUID");
  return {};
}

std::vector<Uuid> FieldReader::uuids(std::string_view name, std::size_t min_size, std::size_t max_size) {
  std::vector<Uuid> ids;
  const auto* elements = array(name, min_size, max_size);
  for (std::size_t i = 0; elements && i < elements->size(); ++i) {
    const auto* text = (*elements)[i].if_string();
    const auto id = text ? Uuid::parse({text->data(), text->size()}) : std::nullopt;
    if (!id) add_error(fmt::format("{}[{}]", name, i), "must be a UUID");
    ids.push_back(id.value_or(Uuid{}));
  }
  return ids;
}

const json::array* FieldReader::array(std::string_view name, std::size_t min_size, std::size_t max_size) {
  const auto* value = require(name);
  if (!value) return nullptr;
  const auto* elements = value->if_array();
  if (!elements || elements->size() < min_size || elements->size() > max_size) {
    add_error(name, fmt::format("must be an array of {} to {} elements", min_size, max_size));
    return nullptr;
  }
  return elements;
}

}  // namespace cloudcart
