#pragma once

#include <string_view>

#include "analytics/domain/table.h"
#include "http/message.h"
#include "http/query_reader.h"

namespace cloudcart::analytics {

enum class Format : std::uint8_t { json, csv };

/// `format=json|csv`, else what the Accept header likes better; JSON when it does not say.
Format read_format(const http::Request& request, http::QueryReader& query);

/// The table as a file `<name>.csv`, or `data`: which one, says `format`. Either is marked as depending on the Accept
/// header.
http::Response tabular_response(Format format, std::string_view name, const Table& table, JsonWriter data);

}  // namespace cloudcart::analytics
