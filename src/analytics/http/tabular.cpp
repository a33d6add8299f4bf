#include "analytics/http/tabular.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "core/text.h"

namespace cloudcart::analytics {
namespace {

/// RFC 9110, 12.4.2: a weight from 0 to 1 with at most three decimals; what is none counts as 1.
double weight_of(std::string_view parameters) {
  for (const auto parameter : split(parameters, ';')) {
    const auto text = trim(parameter);
    if (text.starts_with("q=") || text.starts_with("Q="))
      return std::atof(std::string{text.substr(2)}.c_str());
  }
  return 1;
}

/// How much an Accept header likes a type: the most specific of the ranges that match counts.
double liking(std::string_view accept, std::string_view type) {
  const auto any_of_kind = fmt::format("{}/*", type.substr(0, type.find('/')));
  double weight = 0;
  int specific = 0;
  for (const auto range : split(accept, ',')) {
    const auto end = std::min(range.find(';'), range.size());
    const auto name = ascii_lower(trim(range.substr(0, end)));
    const int how = name == type ? 3 : name == any_of_kind ? 2 : name == "*/*" ? 1 : 0;
    if (how <= specific) continue;
    specific = how;
    weight = weight_of(range.substr(end));
  }
  return weight;
}

}  // namespace

Format read_format(const http::Request& request, http::QueryReader& query) {
  if (query.has("format"))
    return query.word("format", {"json", "csv"}).value_or("json") == "csv" ? Format::csv : Format::json;
  const auto accept = request.headers.find("Accept").value_or("*/*");
  return liking(accept, "text/csv") > liking(accept, "application/json") ? Format::csv : Format::json;
}

http::Response csv_response(std::string_view name, const Table& table) {
  http::Response response;
  response.headers.set("Content-Type", "text/csv; charset=utf-8; header=present");
  response.headers.set("Content-Disposition", fmt::format("attachment; filename=\"{}.csv\"", name));
  response.headers.add("Vary", "Accept");
  response.body = to_csv(table);
  return response;
}

}  // namespace cloudcart::analytics
