#include "adapters/clickhouse/store/failure.h"

#include <charconv>

#include <spdlog/spdlog.h>

namespace cloudcart::clickhouse {
namespace {

// Of ClickHouse's ErrorCodes.cpp.
namespace code {
constexpr int unknown_table = 60, unknown_database = 81, timeout_exceeded = 159, too_slow = 160;
constexpr int unknown_user = 192, wrong_password = 193, required_password = 194, ip_not_allowed = 195,
              authentication_failed = 516;
constexpr int too_many_queries = 202, memory_limit_exceeded = 241, too_many_parts = 252,
              query_was_cancelled = 394, too_many_rows = 158, too_many_rows_or_bytes = 396;
}  // namespace code

constexpr std::size_t logged_characters = 300;

std::optional<int> number_at(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  return number;
}

Error unavailable(std::string sentence) {
  return {ErrorCode::unavailable, std::move(sentence), {}};
}

}  // namespace

std::optional<int> exception_code(const http::Response& response) {
  if (const auto header = response.headers.find("X-ClickHouse-Exception-Code")) return number_at(*header);
  // Older servers say it in the text alone.
  constexpr std::string_view prefix = "Code: ";
  if (response.body.starts_with(prefix))
    return number_at(std::string_view{response.body}.substr(prefix.size()));
  return std::nullopt;
}

bool lacks_database(const http::Response& response) {
  return exception_code(response) == code::unknown_database;
}

Error error_of(const http::Response& response) {
  const auto number = exception_code(response);
  spdlog::warn("ClickHouse answered {}: {}", response.status, response.body.substr(0, logged_characters));
  if (!number) return unavailable("ClickHouse does not answer as it should.");
  switch (*number) {
    case code::timeout_exceeded:
    case code::too_slow:
    case code::query_was_cancelled:
      return {ErrorCode::deadline_exceeded, "ClickHouse took too long.", {}};
    case code::too_many_queries:
    case code::memory_limit_exceeded:
    case code::too_many_parts:
      return {ErrorCode::overloaded, "ClickHouse is busy; try again in a moment.", {}};
    case code::too_many_rows:
    case code::too_many_rows_or_bytes:
      return {ErrorCode::overloaded, "The answer is larger than ClickHouse may make it; ask for less.", {}};
    case code::unknown_user:
    case code::wrong_password:
    case code::required_password:
    case code::ip_not_allowed:
    case code::authentication_failed:
      return unavailable("ClickHouse refuses the user or the password of clickhouse.url.");
    case code::unknown_table:
      return unavailable(
          "ClickHouse has lost tables of analytics; drop the rest of the database, and it is made anew.");
    case code::unknown_database:
      return unavailable("ClickHouse has lost the database of analytics; it is being made anew.");
    default:
      return {ErrorCode::internal, "ClickHouse refused a statement.", {}};
  }
}

}  // namespace cloudcart::clickhouse
