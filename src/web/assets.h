#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "http/router.h"

namespace cloudcart::web {

/// A file that was built into the program; `path` begins with '/'. Nullopt when there is none.
std::optional<std::string_view> find_asset(std::string_view path);

/// GET /docs, /docs/… (the API reference) and /openapi.json: what the gateway serves beside the API.
std::vector<http::Route> reference_routes();

/// GET / and everything that no other route takes: the dashboard's pages. Addresses without a file extension
/// answer the start page, whose script knows them.
std::vector<http::Route> page_routes();

}  // namespace cloudcart::web
