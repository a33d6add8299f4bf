#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/id.h"
#include "core/money.h"
#include "core/timestamp.h"

namespace cloudcart {

/// Appends JSON to a string without building a tree. Commas are placed by the writer; nesting is the
/// caller's:
///   JsonWriter json; json.begin_object().field("id", id).key("items").begin_array() …
///   .end_array().end_object();
class JsonWriter {
 public:
  JsonWriter() { out_.reserve(512); }

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view{text}); }
  JsonWriter& value(const std::string& text) { return value(std::string_view{text}); }
  JsonWriter& value(bool truth);
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(std::uint64_t number);
  JsonWriter& value(int number) { return value(static_cast<std::int64_t>(number)); }
  JsonWriter& value(unsigned number) { return value(static_cast<std::uint64_t>(number)); }
  /// Shortest form that reads back the same; null for NaN and infinities, which JSON has not.
  JsonWriter& value(double number);
  JsonWriter& value(Timestamp time);
  JsonWriter& value(const Uuid& id);
  template <class Tag>
  JsonWriter& value(const Id<Tag>& id) {
    return value(id.value);
  }
  /// An amount as decimal text: "999.99".
  JsonWriter& value(Money amount);
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  /// An amount as a JSON number with two decimals: 999.99.
  JsonWriter& amount_number(Money amount);
  JsonWriter& null();
  /// Text that is already valid JSON.
  JsonWriter& raw(std::string_view json);

  template <class T>
  JsonWriter& field(std::string_view name, const T& v) {
    return key(name).value(v);
  }
  JsonWriter& field(std::string_view name, const char* text) {
    return key(name).value(std::string_view{text});
  }

  const std::string& str() const& { return out_; }
  std::string str() && { return std::move(out_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void before_value();

  std::string out_;
  bool needs_comma_ = false;
};

/// Appends `text` as a JSON string with quotes. Bytes that are not UTF-8 become U+FFFD, so the result is
/// always valid.
void append_json_string(std::string& out, std::string_view text);

}  // namespace cloudcart
