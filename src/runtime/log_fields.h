#pragma once

#include <optional>
#include <string_view>

#include "core/json_writer.h"

namespace cloudcart {

/// Logs `message` at level info with `fields` for machines: an object with the names of the Elastic Common Schema, among them
/// service.name and event.dataset. Whoever reads the log as text sees the message alone.
void log_fields(std::string_view message, const JsonWriter& fields);

/// What a formatter gets of log_fields().
struct LoggedFields {
  std::string_view message;
  std::string_view fields;  ///< the object
};
/// Nullopt for all other messages, whatever they say: `source` is the file name of where spdlog was called.
std::optional<LoggedFields> logged_fields(const char* source, std::string_view payload);

}  // namespace cloudcart
