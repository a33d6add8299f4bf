#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/message.h"

namespace cloudcart::http {

using Handler = std::function<Task<Result<Response>>(Request&)>;

/// Who may call a route. Every route names one. Where it says owner, the router asks for a signed-in caller
/// and the use case compares the owner (another's object is not_found, so that ids cannot be probed).
enum class Access : std::uint8_t {
  anyone,
  signed_in,  ///< any role
  owner_or_staff,
  owner_or_admin,
  analysts,  ///< analyst, staff, admin
  staff,     ///< staff, admin
  admin,
  service,  ///< another service of this platform, by the shared service key; never a person
};

/// Role words as the contract lists them: anyone, customer, owner, analyst, staff, admin, service.
std::vector<std::string_view> roles_of(Access access);

struct Route {
  Method method;
  std::string path;  ///< "/api/orders/{id}"; a last segment "{name...}" takes the rest of the path
  Access access;
  Handler handler;
};

class Router {
 public:
  /// Throws std::logic_error for a route that is there already.
  void add(Route route);
  void add(std::vector<Route> routes);

  /// Fills request.route and request.parameters. not_found, or method_not_allowed with the allowed methods,
  /// comma separated, in Error::message. HEAD is answered by GET's handler. A literal segment wins over a
  /// parameter.
  Status match(Request& request) const;
  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }

 private:
  struct Node {
    std::unordered_map<std::string, std::unique_ptr<Node>> literals;
    std::unique_ptr<Node> parameter;
    std::unordered_map<int, const Route*> by_method;
    std::unordered_map<int, const Route*> rest_by_method;  ///< routes that end in "{name...}" here
  };
  using Found = const std::unordered_map<int, const Route*>*;
  static Found find(const Node& node, std::string_view path, std::vector<std::string_view>& values);

  std::vector<std::unique_ptr<Route>> routes_;
  Node root_;
};

}  // namespace cloudcart::http
