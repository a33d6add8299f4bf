#include <cstdio>
#include <filesystem>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "app/commands/authorization_document.h"
#include "app/commands/commands.h"
#include "app/platform/platform.h"
#include "core/json_writer.h"

namespace cloudcart::app {
namespace {

/// A data folder that is gone at the end of the scope: routes belong to wired services, and those have
/// stores.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cloudcart-routes-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("Cannot make a temporary folder.");
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

void print_json(const std::vector<ListedRoute>& routes) {
  JsonWriter json;
  json.begin_array();
  for (const auto& route : routes) {
    json.begin_object()
        .field("service", route.service)
        .field("method", route.method)
        .field("path", route.path);
    json.key("roles").begin_array();
    for (const auto role : route.roles) json.value(role);
    json.end_array().field("audit", route.audit).end_object();
  }
  json.end_array();
  fmt::print("{}\n", json.str());
}

}  // namespace

int print_routes(RouteFormat format) {
  const ScratchFolder folder;
  Config config;
  config.data_dir = folder.path();
  config.ports = {0, 0, 0, 0, 0, 0};
  spdlog::set_level(spdlog::level::warn);
  const Platform platform(config);
  const auto routes = platform.routes();
  switch (format) {
    case RouteFormat::json:
      print_json(routes);
      break;
    case RouteFormat::markdown:
      fmt::print("{}", authorization_document(routes));
      break;
    case RouteFormat::text:
      for (const auto& route : routes)
        fmt::print("{:<10} {:<7} {:<52} {}\n", route.service, route.method, route.path,
                   fmt::join(route.roles, ", "));
  }
  return exit_ok;
}

}  // namespace cloudcart::app
