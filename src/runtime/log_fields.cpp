#include "runtime/log_fields.h"

#include <spdlog/spdlog.h>

namespace cloudcart {
namespace {

/// Told apart by its address, which no text can have.
constexpr char from_log_fields[] = "fields";
/// JSON has none in it: strings escape it.
constexpr char separator = '\n';

}  // namespace

void log_fields(std::string_view message, const JsonWriter& fields) {
  auto* const logger = spdlog::default_logger_raw();
  if (!logger->should_log(spdlog::level::info)) return;
  std::string payload = fields.str();
  payload += separator;
  payload += message;
  logger->log(spdlog::source_loc{from_log_fields, 1, ""}, spdlog::level::info, payload);
}

std::optional<LoggedFields> logged_fields(const char* source, std::string_view payload) {
  if (source != from_log_fields) return std::nullopt;
  const auto end = payload.find(separator);
  return LoggedFields{.message = payload.substr(end + 1), .fields = payload.substr(0, end)};
}

}  // namespace cloudcart
