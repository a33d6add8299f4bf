#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/message.h"
#include "http/priority.h"

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

/// An Access that has to be named: there is none by default, so that a Route without one does not compile.
class Policy {
 public:
  constexpr Policy(Access access) : access_(access) {}
  constexpr operator Access() const { return access_; }

 private:
  Access access_;
};

/// What the audit trail keeps of the calls of a route by the staff. The handler may name what it changed in
/// Request::audit_target, where the path does not say it.
struct Audit {
  std::string action;  ///< e.g. "order.change_status"; empty: nothing, see only_reads
  std::vector<std::string_view> details =
      {};  ///< members of the body that are recorded; none of them a secret

  /// For a route that changes nothing, whatever its method is.
  static Audit only_reads() { return {}; }
};

/// How requests of a route count against the limits of their client.
enum class RateClass : std::uint8_t {
  ordinary,
  costly,  ///< much work, or a write that nobody has signed in for: fewer of them
  free,    ///< not counted: who asks how the platform is
};

struct Route {
  /// `properties`: a Priority, a RateClass, an Audit, where they are not the usual ones; in any order.
  template <class... Properties>
  Route(Method asked_by, std::string where, Policy policy, Handler answers, Properties... properties)
      : method(asked_by), path(std::move(where)), access(policy), handler(std::move(answers)) {
    (set(std::move(properties)), ...);
  }

  Method method;
  std::string path;  ///< "/api/orders/{id}"; a last segment "{name...}" takes the rest of the path
  Policy access;
  Handler handler;
  Priority priority = Priority::standard;
  RateClass rate = RateClass::ordinary;
  std::optional<Audit> audit;

 private:
  void set(Priority wanted) { priority = wanted; }
  void set(RateClass counted_as) { rate = counted_as; }
  void set(Audit kept) { audit = std::move(kept); }
};

/// The same routes, all of one priority.
std::vector<Route> with_priority(Priority priority, std::vector<Route> routes);
/// Whether it may change something and the staff, too, may call it as themselves: then it has to declare its Audit.
bool must_be_audited(const Route& route);

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
