#include "web/assets.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "http/compression.h"

extern "C" {
struct cloudcart_asset {
  const char* path;
  const unsigned char* begin;
  const unsigned char* end;
};
extern const cloudcart_asset cloudcart_assets[];
extern const std::size_t cloudcart_asset_count;
}

namespace cloudcart::web {
namespace {

/// Nothing from elsewhere but the pictures of products, and nothing that stands in the page itself.
constexpr std::string_view page_policy =
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
    "connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";

/// The reference is drawn by a component that brings its styles along in the page.
constexpr std::string_view reference_policy =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

/// The pages ask for none of what browsers can do beside showing them.
constexpr std::string_view permissions =
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

struct MediaType {
  std::string_view extension;
  std::string_view type;
};
constexpr MediaType media_types[] = {{".html", "text/html; charset=utf-8"},
                                     {".js", "application/javascript; charset=utf-8"},
                                     {".css", "text/css; charset=utf-8"},
                                     {".json", "application/json"},
                                     {".svg", "image/svg+xml"},
                                     {".png", "image/png"},
                                     {".ico", "image/x-icon"},
                                     {".woff2", "font/woff2"},
                                     {".txt", "text/plain; charset=utf-8"},
                                     {".webmanifest", "application/manifest+json"}};

std::string_view media_type_of(std::string_view path) {
  for (const auto& [extension, type] : media_types)
    if (path.ends_with(extension)) return type;
  return "application/octet-stream";
}

/// The file in the best form that the client takes: forms beside it were compressed when the program was
/// built.
void choose_form(const http::Request& request, const std::string& path, http::Response& response) {
  const auto accepted = request.headers.find("Accept-Encoding").value_or("");
  const auto brotli = find_asset(path + ".br"), gzip = find_asset(path + ".gz");
  if (brotli || gzip) response.headers.add("Vary", "Accept-Encoding");
  if (brotli && http::accepts(accepted, http::Encoding::brotli)) {
    response.headers.add("Content-Encoding", "br");
    response.body = *brotli;
  } else if (gzip && http::accepts(accepted, http::Encoding::gzip)) {
    response.headers.add("Content-Encoding", "gzip");
    response.body = *gzip;
  } else {
    response.body = find_asset(path).value_or("");
  }
}

Result<http::Response> serve(const http::Request& request, const std::string& path) {
  if (!find_asset(path)) {
    if (cloudcart_asset_count == 0)
      return fail(ErrorCode::not_found,
                  "This program was built without the dashboard; build it with -DCLOUDCART_DASHBOARD=ON.");
    return fail(Error::not_found("The page was"));
  }
  http::Response response;
  response.headers.add("Content-Type", std::string{media_type_of(path)});
  response.headers.add("Content-Security-Policy",
                       std::string{path.starts_with("/docs/") ? reference_policy : page_policy});
  response.headers.add("Permissions-Policy", std::string{permissions});
  response.headers.add("Cross-Origin-Opener-Policy", "same-origin");
  // Files below assets/ carry a hash of their content in their name, so they never change.
  response.headers.add("Cache-Control",
                       path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  choose_form(request, path, response);
  return response;
}

http::Route page(std::string pattern, std::function<std::string(const http::Request&)> path_of) {
  return {http::Method::get, std::move(pattern), http::Access::anyone,
          [path_of](http::Request& request) -> Task<Result<http::Response>> {
            co_return serve(request, path_of(request));
          }};
}

bool has_extension(std::string_view path) {
  return path.rfind('.') != std::string_view::npos && path.rfind('.') > path.rfind('/');
}

}  // namespace

std::optional<std::string_view> find_asset(std::string_view path) {
  const std::span assets(cloudcart_assets, cloudcart_asset_count);
  const auto found = std::ranges::lower_bound(
      assets, path, {}, [](const cloudcart_asset& asset) { return std::string_view{asset.path}; });
  if (found == assets.end() || path != found->path) return std::nullopt;
  return std::string_view{reinterpret_cast<const char*>(found->begin),
                          static_cast<std::size_t>(found->end - found->begin)};
}

std::vector<http::Route> reference_routes() {
  std::vector<http::Route> routes;
  routes.push_back(page("/openapi.json", [](const http::Request&) { return "/openapi.json"; }));
  routes.push_back(page("/docs", [](const http::Request&) { return "/docs/index.html"; }));
  routes.push_back(page("/docs/{path...}", [](const http::Request& request) {
    return fmt::format("/docs/{}", request.parameter("path"));
  }));
  routes.push_back(page("/assets/{path...}", [](const http::Request& request) {
    return fmt::format("/assets/{}", request.parameter("path"));
  }));
  return routes;
}

std::vector<http::Route> page_routes() {
  std::vector<http::Route> routes;
  routes.push_back(page("/", [](const http::Request&) { return "/index.html"; }));
  routes.push_back(page("/{path...}", [](const http::Request& request) {
    const auto path = fmt::format("/{}", request.parameter("path"));
    // Below /api there are no pages: an address that is wrong there must not look right.
    return has_extension(path) || path.starts_with("/api/") ? path : "/index.html";
  }));
  return routes;
}

}  // namespace cloudcart::web
