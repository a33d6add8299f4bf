#include "app/commands/authorization_document.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

namespace cloudcart::app {
namespace {

constexpr std::string_view introduction = R"(# Who may do what

Every route of the platform, and what each kind of caller is answered. `cloudcart routes --markdown` writes this file from the routes
that the program registers; after a change of a policy, write it again and have the difference reviewed. A test compares the two, and
tries every cell on a running platform, at the service and through the gateway (`tests/integration/test_authorization.py`).

- **nobody** shows no token, or one that is forged, expired or of a session that has ended.
- **owner** is the customer whose object it is (the account or order that the path names), **other** is another customer.
- **service** is another process of the platform, known by a token signed with the shared secret; these routes exist at a service's own
  port only, the gateway answers 404.
- **yes**: allowed. 401: who are you? 403: your role does not allow it. 404: another's object looks like one that does not exist.
)";

constexpr std::array<std::string_view, 7> callers{"nobody", "owner", "other",  "analyst",
                                                  "staff",  "admin", "service"};

bool names(const ListedRoute& route, std::string_view role) {
  return std::ranges::find(route.roles, role) != route.roles.end();
}

std::string_view answer_to(std::string_view caller, const ListedRoute& route) {
  if (names(route, "anyone")) return "yes";
  if (caller == "nobody") return "401";
  if (caller == "service") return names(route, "service") ? "yes" : "403";
  const bool is_customer = caller == "owner" || caller == "other";
  if (names(route, caller) || (is_customer && names(route, "customer"))) return "yes";
  return names(route, "owner") ? "404" : "403";
}

}  // namespace

std::string authorization_document(const std::vector<ListedRoute>& routes) {
  std::string text{introduction};
  std::string_view service;
  for (const auto& route : routes) {
    if (route.service != service) {
      service = route.service;
      fmt::format_to(std::back_inserter(text), "\n## {}\n\n| route | {} |\n|---|", service,
                     fmt::join(callers, " | "));
      for (std::size_t i = 0; i < callers.size(); ++i) text += "---|";
      text += '\n';
    }
    fmt::format_to(std::back_inserter(text), "| {} {} |", route.method, route.path);
    for (const auto caller : callers)
      fmt::format_to(std::back_inserter(text), " {} |", answer_to(caller, route));
    text += '\n';
  }
  return text;
}

}  // namespace cloudcart::app
