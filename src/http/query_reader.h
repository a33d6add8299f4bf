#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_reader.h"
#include "core/time_zone.h"
#include "http/message.h"

namespace cloudcart::http {

/// Reads query parameters and gathers every violation, naming the parameter. Nothing is clamped in silence.
/// A parameter given twice is a violation; parameters that are not asked for are ignored.
class QueryReader {
 public:
  explicit QueryReader(const Request& request) : request_(request) {}

  std::int64_t integer(std::string_view name, std::int64_t fallback, std::int64_t min, std::int64_t max);
  double number(std::string_view name, double fallback, double min, double max);
  bool boolean(std::string_view name, bool fallback);
  std::optional<std::string> text(std::string_view name, TextRule rule);
  /// At most `max_size` ids with commas between them.
  template <class IdType>
  std::vector<IdType> ids(std::string_view name, std::size_t max_size) {
    std::vector<IdType> ids;
    for (const auto& id : uuids(name, max_size)) ids.push_back(IdType{id});
    return ids;
  }
  std::optional<Money> money(std::string_view name);
  bool has(std::string_view name) const;
  /// One of `words`, compared exactly.
  std::optional<std::string> word(std::string_view name, std::initializer_list<std::string_view> words);
  /// Of the years 1970 to 2199.
  std::optional<std::chrono::year_month_day> date(std::string_view name);
  std::optional<TimeZone> time_zone(std::string_view name);

  void add_error(std::string_view name, std::string message);
  /// Fails with validation_failed and all violations.
  Status finish() const;

 private:
  std::optional<std::string_view> find(std::string_view name);
  std::vector<Uuid> uuids(std::string_view name, std::size_t max_size);

  const Request& request_;
  std::vector<FieldError> errors_;
};

struct Page {
  std::int64_t number = 1;
  std::int64_t limit = 20;
  std::optional<std::string>
      cursor;  ///< opaque; where given, the list is read from it and the number says nothing
  std::int64_t offset() const { return (number - 1) * limit; }
};

/// page (1…1,000,000), limit (1–100, default 20) and cursor, which may not stand beside page.
Page read_page(QueryReader& query);

/// "pagination":{page,limit,total,pages} (page null when read by cursor) and, when there is more,
/// "next_cursor" (else null) into an open object.
void write_pagination(JsonWriter& json, const Page& page, std::int64_t total,
                      const std::optional<std::string>& next_cursor);

/// The request's body as JSON, when its Content-Type says so; unsupported_media_type otherwise.
Result<boost::json::value> json_body(const Request& request);

}  // namespace cloudcart::http
