#include "http/router.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "core/text.h"

namespace cloudcart::http {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}
bool is_rest(std::string_view segment) {
  return is_parameter(segment) && segment.ends_with("...}");
}

/// Removes the first "/segment" of `path` and answers the segment.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = std::min(path.find('/'), path.size());
  const auto segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

std::vector<std::string_view> parameter_names(std::string_view path) {
  std::vector<std::string_view> names;
  while (!path.empty()) {
    auto segment = take_segment(path);
    if (!is_parameter(segment)) continue;
    segment = segment.substr(1, segment.size() - 2);
    if (segment.ends_with("...")) segment.remove_suffix(3);
    names.push_back(segment);
  }
  return names;
}

}  // namespace

std::vector<std::string_view> roles_of(Access access) {
  switch (access) {
    case Access::anyone:
      return {"anyone"};
    case Access::signed_in:
      return {"customer", "analyst", "staff", "admin"};
    case Access::owner_or_staff:
      return {"owner", "staff", "admin"};
    case Access::owner_or_admin:
      return {"owner", "admin"};
    case Access::analysts:
      return {"analyst", "staff", "admin"};
    case Access::staff:
      return {"staff", "admin"};
    case Access::admin:
      return {"admin"};
    case Access::service:
      return {"service"};
  }
  return {};
}

std::vector<Route> with_priority(Priority priority, std::vector<Route> routes) {
  for (auto& route : routes) route.priority = priority;
  return routes;
}

bool must_be_audited(const Route& route) {
  const bool may_change =
      route.method != Method::get && route.method != Method::head && route.method != Method::options;
  return may_change && (route.access == Access::signed_in || route.access == Access::owner_or_staff ||
                        route.access == Access::owner_or_admin || route.access == Access::analysts ||
                        route.access == Access::staff || route.access == Access::admin);
}

void Router::add(Route route) {
  auto owned = std::make_unique<Route>(std::move(route));
  Node* node = &root_;
  std::string_view rest = owned->path;
  auto* by_method = &node->by_method;
  while (!rest.empty()) {
    const auto segment = take_segment(rest);
    if (is_rest(segment)) {
      by_method = &node->rest_by_method;
      break;
    }
    auto& next = is_parameter(segment) ? node->parameter : node->literals[std::string{segment}];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
    by_method = &node->by_method;
  }
  if (!by_method->emplace(static_cast<int>(owned->method), owned.get()).second)
    throw std::logic_error(fmt::format("route {} {} is there twice", to_string(owned->method), owned->path));
  routes_.push_back(std::move(owned));
}

void Router::add(std::vector<Route> routes) {
  for (auto& route : routes) add(std::move(route));
}

Router::Found Router::find(const Node& node, std::string_view path, std::vector<std::string_view>& values) {
  if (path.empty()) return node.by_method.empty() ? nullptr : &node.by_method;
  std::string_view rest = path;
  const auto segment = take_segment(rest);
  if (const auto literal = node.literals.find(std::string{segment}); literal != node.literals.end()) {
    if (const auto found = find(*literal->second, rest, values)) return found;
  }
  if (node.parameter && !segment.empty()) {
    values.push_back(segment);
    if (const auto found = find(*node.parameter, rest, values)) return found;
    values.pop_back();
  }
  if (!node.rest_by_method.empty()) {
    values.push_back(path.substr(1));
    return &node.rest_by_method;
  }
  return nullptr;
}

Status Router::match(Request& request) const {
  std::vector<std::string_view> values;
  const auto found = request.path.starts_with('/') ? find(root_, request.path, values) : nullptr;
  if (!found) return fail(ErrorCode::not_found, fmt::format("There is nothing at {}.", request.path));

  const auto wanted = request.method == Method::head ? Method::get : request.method;
  const auto route = found->find(static_cast<int>(wanted));
  if (route == found->end()) {
    std::vector<std::string_view> allowed;
    for (const auto& [method, unused] : *found) {
      allowed.push_back(to_string(static_cast<Method>(method)));
      if (static_cast<Method>(method) == Method::get) allowed.push_back("HEAD");
    }
    std::ranges::sort(allowed);
    return fail(ErrorCode::method_not_allowed, fmt::format("{}", fmt::join(allowed, ", ")));
  }
  request.route = route->second;
  const auto names = parameter_names(request.route->path);
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto decoded = percent_decode(values[i], false);
    if (!decoded) return fail(ErrorCode::malformed_request, "The path holds a broken percent escape.");
    request.parameters.emplace_back(names[i], std::move(*decoded));
  }
  return {};
}

}  // namespace cloudcart::http
