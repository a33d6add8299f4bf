#include "http/query_reader.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "core/text.h"

namespace cloudcart::http {

std::optional<std::string_view> QueryReader::find(std::string_view name) {
  std::optional<std::string_view> found;
  for (const auto& [key, value] : request_.query) {
    if (key != name) continue;
    if (found) {
      add_error(name, "must be given only once");
      return std::nullopt;
    }
    found = value;
  }
  return found;
}

bool QueryReader::has(std::string_view name) const {
  return std::ranges::any_of(request_.query,
                             [name](const auto& parameter) { return parameter.first == name; });
}

void QueryReader::add_error(std::string_view name, std::string message) {
  errors_.push_back({std::string{name}, std::move(message)});
}

Status QueryReader::finish() const {
  if (errors_.empty()) return {};
  return fail(Error::validation(errors_));
}

std::int64_t QueryReader::integer(std::string_view name, std::int64_t fallback, std::int64_t min,
                                  std::int64_t max) {
  const auto given = find(name);
  if (!given) return fallback;
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(given->data(), given->data() + given->size(), number);
  if (failure != std::errc{} || end != given->data() + given->size() || number < min || number > max) {
    add_error(name, fmt::format("must be an integer from {} to {}", min, max));
    return fallback;
  }
  return number;
}

double QueryReader::number(std::string_view name, double fallback, double min, double max) {
  const auto given = find(name);
  if (!given) return fallback;
  double number = 0;
  const auto [end, failure] = std::from_chars(given->data(), given->data() + given->size(), number);
  const bool is_number = failure == std::errc{} && end == given->data() + given->size();
  if (is_number && number >= min && number <= max) return number;
  add_error(name, fmt::format("must be a number from {} to {}", min, max));
  return fallback;
}

bool QueryReader::boolean(std::string_view name, bool fallback) {
  const auto given = word(name, {"true", "false"});
  return given ? *given == "true" : fallback;
}

std::vector<Uuid> QueryReader::uuids(std::string_view name, std::size_t max_size) {
  std::vector<Uuid> ids;
  const auto given = find(name);
  if (!given) return ids;
  for (std::string_view rest = *given;;) {
    const auto comma = rest.find(',');
    const auto id = Uuid::parse(rest.substr(0, comma));
    if (!id || ids.size() == max_size) {
      add_error(name, fmt::format("must be at most {} UUIDs with commas between them", max_size));
      return {};
    }
    ids.push_back(*id);
    if (comma == std::string_view::npos) return ids;
    rest.remove_prefix(comma + 1);
  }
}

std::optional<std::string> QueryReader::text(std::string_view name, TextRule rule) {
  const auto given = find(name);
  if (!given) return std::nullopt;
  const auto text = rule.trimmed ? trim(*given) : *given;
  if (auto violation = text_violation(text, rule)) {
    add_error(name, std::move(*violation));
    return std::nullopt;
  }
  return std::string{text};
}

std::optional<Money> QueryReader::money(std::string_view name) {
  const auto given = find(name);
  if (!given) return std::nullopt;
  const auto amount = Money::parse(*given);
  if (!amount || *amount < Money{}) {
    add_error(name, "must be an amount of at least 0 with at most two decimals");
    return std::nullopt;
  }
  return amount;
}

std::optional<std::string> QueryReader::word(std::string_view name,
                                             std::initializer_list<std::string_view> words) {
  const auto given = find(name);
  if (!given) return std::nullopt;
  if (std::ranges::find(words, *given) == words.end()) {
    add_error(name, fmt::format("must be one of {}", fmt::join(words, ", ")));
    return std::nullopt;
  }
  return std::string{*given};
}

std::optional<std::chrono::year_month_day> QueryReader::date(std::string_view name) {
  const auto given = find(name);
  if (!given) return std::nullopt;
  auto date = read_date(*given);
  if (date) return *date;
  add_error(name, std::move(date.error()));
  return std::nullopt;
}

std::optional<TimeZone> QueryReader::time_zone(std::string_view name) {
  const auto given = find(name);
  if (!given) return std::nullopt;
  auto zone = TimeZone::load(*given);
  if (!zone) add_error(name, "must be the IANA name of a time zone, like Europe/London");
  return zone;
}

Page read_page(QueryReader& query) {
  Page page;
  page.number = query.integer("page", 1, 1, 1'000'000);
  page.limit = query.integer("limit", 20, 1, 100);
  page.cursor = query.text("cursor", {.min = 1, .max = 512});
  if (page.cursor && query.has("page")) query.add_error("cursor", "must not stand beside page");
  return page;
}

void write_pagination(JsonWriter& json, const Page& page, std::int64_t total,
                      const std::optional<std::string>& next_cursor) {
  json.key("pagination").begin_object();
  json.key("page");
  page.cursor ? json.null() : json.value(page.number);
  json.field("limit", page.limit).field("total", total);
  json.field("pages", (total + page.limit - 1) / page.limit).end_object();
  json.field("next_cursor", next_cursor);
}

Result<boost::json::value> json_body(const Request& request) {
  const auto type = request.headers.find("Content-Type").value_or("");
  const auto media_type = trim(type.substr(0, type.find(';')));
  if (!ascii_iequals(media_type, "application/json"))
    return fail(ErrorCode::unsupported_media_type, "Send the body with Content-Type: application/json.");
  return parse_json(request.body);
}

}  // namespace cloudcart::http
