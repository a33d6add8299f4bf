#pragma once

#include <optional>
#include <string_view>

#include "core/result.h"
#include "http/message.h"

namespace cloudcart::clickhouse {

/// The number of the exception that an answer holds; nullopt where it holds none.
std::optional<int> exception_code(const http::Response& response);

/// Whether the server says that it does not have the database.
bool lacks_database(const http::Response& response);

/// What an answer other than 200 means to the caller. What the server said is logged.
Error error_of(const http::Response& response);

}  // namespace cloudcart::clickhouse
