// parse_json: what it takes has one meaning only, and can be written and read again.
#include <algorithm>
#include <cmath>

#include <boost/json.hpp>

#include "core/json_reader.h"
#include "core/text.h"
#include "fuzz/fuzz_target.h"

namespace json = boost::json;
using namespace cloudcart;

namespace {

struct Census {
  std::size_t members = 0;
  int depth = 0;
};

Census census_of(const json::value& value, int level = 1) {
  Census census{.depth = level};
  const auto add = [&](const json::value& inner) {
    const auto below = census_of(inner, level + 1);
    census.members += below.members;
    census.depth = std::max(census.depth, below.depth);
  };
  if (const auto* object = value.if_object()) {
    census.members = object->size();
    for (const auto& member : *object) add(member.value());
  } else if (const auto* array = value.if_array()) {
    for (const auto& element : *array) add(element);
  } else {
    census.depth = level - 1;
    if (value.is_double()) fuzz::require(std::isfinite(value.get_double()), "numbers are finite");
  }
  return census;
}

/// Numbers that are no integers may differ in the last bits: the library rounds long ones roughly.
bool same(const json::value& a, const json::value& b) {
  if (a.is_double() && b.is_double())
    return std::abs(a.get_double() - b.get_double()) <= 1e-14 * std::abs(a.get_double());
  if (const auto *left = a.if_array(), *right = b.if_array(); left && right)
    return std::ranges::equal(*left, *right, same);
  if (const auto *left = a.if_object(), *right = b.if_object(); left && right)
    return std::ranges::equal(*left, *right, [](const auto& one, const auto& other) {
      return one.key() == other.key() && same(one.value(), other.value());
    });
  return a == b;
}

/// Members as the text has them: a key that came twice counts twice.
std::size_t colons_of(std::string_view text) {
  std::size_t colons = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"')
      quoted = !quoted;
    else if (quoted && text[i] == '\\')
      ++i;
    else if (!quoted && text[i] == ':')
      ++colons;
  }
  return colons;
}

}  // namespace

FUZZ_TARGET(json) {
  const auto value = parse_json(input);
  if (!value) {
    fuzz::require(value.error().code == ErrorCode::malformed_request && !value.error().message.empty(),
                  "what is refused is malformed, with a reason");
    return;
  }
  fuzz::require(is_valid_utf8(input), "only UTF-8 is taken");
  const auto census = census_of(*value);
  fuzz::require(census.depth <= 64, "at most 64 levels");
  fuzz::require(census.members == colons_of(input), "no key comes twice in an object");
  const auto again = parse_json(json::serialize(*value));
  fuzz::require(again && same(*again, *value), "what is written reads as it was");
}
