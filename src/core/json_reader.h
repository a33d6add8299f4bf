#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "core/id.h"
#include "core/money.h"
#include "core/result.h"

namespace cloudcart {

/// Strict JSON: valid UTF-8, at most 64 levels deep, nothing after the value, no key twice in one object
/// (parsers disagree on which one counts, so it is refused). Errors are malformed_request.
Result<boost::json::value> parse_json(std::string_view text);

struct TextRule {
  std::size_t min = 0;  ///< in code points
  std::size_t max = 1'000'000;
  bool trimmed = true;     ///< outer white space is removed before anything is checked
  bool multiline = false;  ///< allow line ends and tabs; other control characters never are
};

/// Reads the fields of a JSON object and gathers every violation, so that a client sees all of them at once.
/// Readers of required fields answer a default value after noting the violation; use the values only after
/// finish() says there was none.
class FieldReader {
 public:
  /// `prefix` goes before each field's name in errors, e.g. "items[0]."; errors go to `errors` of the outer
  /// reader.
  explicit FieldReader(const boost::json::value& value);
  FieldReader(const boost::json::value& value, std::string prefix, std::vector<FieldError>& errors);

  bool has(std::string_view name) const;  ///< present and not null
  std::string text(std::string_view name, TextRule rule);
  std::optional<std::string> optional_text(std::string_view name, TextRule rule);
  std::int64_t integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<std::int64_t> optional_integer(std::string_view name, std::int64_t min, std::int64_t max);
  std::optional<double> optional_number(std::string_view name, double min, double max);
  std::optional<bool> optional_boolean(std::string_view name);
  /// A JSON number or string with at most two decimals, `min` to `max`.
  Money money(std::string_view name, Money min, Money max);
  std::optional<Money> optional_money(std::string_view name, Money min, Money max);
  template <class IdType>
  IdType id(std::string_view name) {
    return IdType{uuid(name)};
  }
  /// An array of `min_size` to `max_size` ids.
  template <class IdType>
  std::vector<IdType> ids(std::string_view name, std::size_t min_size, std::size_t max_size) {
    std::vector<IdType> ids;
    for (const auto& id : uuids(name, min_size, max_size)) ids.push_back(IdType{id});
    return ids;
  }
  /// The array's elements, or nullptr after noting the violation.
  const boost::json::array* array(std::string_view name, std::size_t min_size, std::size_t max_size);

  void add_error(std::string_view name, std::string message);
  bool ok() const { return errors_->empty(); }
  /// Fails with validation_failed and all violations.
  Status finish() const;

 private:
  Uuid uuid(std::string_view name);
  std::vector<Uuid> uuids(std::string_view name, std::size_t min_size, std::size_t max_size);
  const boost::json::value* find(std::string_view name) const;
  const boost::json::value* require(std::string_view name);
  std::optional<std::string> check_text(std::string_view name, const boost::json::value& value,
                                        TextRule rule);
  std::optional<Money> check_money(std::string_view name, const boost::json::value& value, Money min,
                                   Money max);
  std::optional<std::int64_t> check_integer(std::string_view name, const boost::json::value& value,
                                            std::int64_t min, std::int64_t max);

  const boost::json::object* object_ = nullptr;
  std::string prefix_;
  std::vector<FieldError> own_errors_;
  std::vector<FieldError>* errors_;
};

/// The rule of every text that comes from outside; an empty answer means it holds.
std::optional<std::string> text_violation(std::string_view text, const TextRule& rule);

}  // namespace cloudcart
