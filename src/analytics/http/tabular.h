#pragma once

#include <string_view>

#include "analytics/domain/table.h"
#include "http/message.h"
#include "http/query_reader.h"

namespace cloudcart::analytics {

enum class Format : std::uint8_t { json, csv };

/// `format=json|csv`, else what the Accept header likes better; JSON when it does not say.
Format read_format(const http::Request& request, http::QueryReader& query);

/// The table as a file `<name>.csv`, marked as depending on the Accept header.
http::Response csv_response(std::string_view name, const Table& table);

/// The table as a file, or the `data` that `make_json()` makes, which then is to hold the table: which one, says
/// `format`. Either is marked as depending on the Accept header.
template <class MakeJson>
http::Response tabular_response(Format format, std::string_view name, const Table& table,
                                MakeJson make_json) {
  if (format == Format::csv) return csv_response(name, table);
  auto response = http::data_response(200, make_json());
  response.headers.add("Vary", "Accept");
  return response;
}

}  // namespace cloudcart::analytics
