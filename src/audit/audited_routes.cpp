#include "audit/audited_routes.h"

#include <algorithm>
#include <cctype>
#include <exception>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "audit/entry.h"
#include "core/json_reader.h"
#include "core/text.h"

namespace cloudcart::audit {
namespace {

using http::Access;
using http::Request;
using http::Response;

/// A value of the body that is recorded is at most so long, as JSON.
constexpr std::size_t longest_value = 500;
constexpr std::size_t longest_id = 100;
/// Stands for what somebody gave instead of one.
constexpr std::string_view no_id = "(no id)";
/// The change is made and its outcome must not be lost because the request's own time is up.
constexpr seconds outcome_time_limit{5};

bool is_recorded(const Request& request, Access access) {
  if (access == Access::service) return true;
  return request.caller.user && request.caller.role != Role::customer;
}

/// Ids and the like; whatever else somebody writes into a path may be about a person, and is never taken out again.
bool is_id(std::string_view value) {
  return value.size() <= longest_id &&
         std::ranges::all_of(value, [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

std::string target_of(const Request& request) {
  if (!request.audit_target.empty()) return request.audit_target;
  std::string target;
  for (const auto& [name, value] : request.parameters) {
    if (!target.empty()) target += '/';
    target += is_id(value) ? std::string_view{value} : no_id;
  }
  return target;
}

/// Of the body what the route names; nothing else of it is kept, since it may hold secrets.
std::string details_of(const Request& request, const std::vector<std::string_view>& names) {
  JsonWriter json;
  json.begin_object();
  const auto body = names.empty() ? Result<boost::json::value>{} : parse_json(request.body);
  const auto* object = body ? body->if_object() : nullptr;
  for (const auto name : names) {
    const auto* value = object ? object->if_contains(name) : nullptr;
    if (!value) continue;
    const auto text = boost::json::serialize(*value);
    if (name.ends_with("_id") && !(value->is_string() && is_id(value->get_string()))) {
      json.field(name, no_id);
    } else if (text.size() <= longest_value) {
      json.key(name).raw(text);
    } else {
      json.field(name, fmt::format("({} bytes)", text.size()));
    }
  }
  json.end_object();
  return std::move(json).str();
}

class AuditedRoute {
 public:
  AuditedRoute(http::Handler handler, Access access, http::Audit audit, AuditTrail& trail, const Clock& clock,
               IdGenerator& ids)
      : handler_(std::move(handler)),
        access_(access),
        audit_(std::move(audit)),
        trail_(trail),
        clock_(clock),
        ids_(ids) {}

  Task<Result<Response>> run(Request& request) {
    if (access_ == Access::anyone) co_return co_await run_for_anyone(request);
    if (!is_recorded(request, access_)) co_return co_await handler_(request);
    auto entry = entry_of(request, outcome_begun);
    const auto begun = co_await trail_.append(request.caller.tenant, to_json(entry), request.caller.deadline);
    if (!begun) co_return fail(begun.error());
    std::exception_ptr defect;
    Result<Response> answer = fail(ErrorCode::internal, "");
    try {
      answer = co_await handler_(request);
    } catch (...) {
      defect = std::current_exception();
    }
    entry.at = clock_.now();
    entry.target = target_of(request);
    entry.outcome = answer ? outcome_done : to_string(answer.error().code);
    co_await append_outcome(request, std::move(entry));
    if (defect) std::rethrow_exception(defect);
    co_return answer;
  }

 private:
  Task<Result<Response>> run_for_anyone(Request& request) {
    auto answer = co_await handler_(request);
    if (answer) co_await append_outcome(request, entry_of(request, outcome_done));
    co_return answer;
  }

  /// The caller is told what became of the request even when that cannot be recorded.
  Task<void> append_outcome(const Request& request, Entry entry) {
    const auto deadline = clock_.monotonic_now() + outcome_time_limit;
    const auto ended = co_await trail_.append(request.caller.tenant, to_json(entry), deadline);
    if (!ended)
      spdlog::error("the outcome of {} (request {}) is not in the audit trail: {}", entry.action,
                    request.request_id, ended.error().message);
  }

  Entry entry_of(const Request& request, std::string_view outcome) const {
    const auto& caller = request.caller;
    const std::string_view unnamed = access_ == Access::service ? "service" : "nobody";
    return {.at = clock_.now(),
            .actor = caller.user ? caller.user->to_string() : std::string{unnamed},
            .role = std::string{caller.user ? to_string(caller.role) : unnamed},
            .action = audit_.action,
            .target = target_of(request),
            .address = request.remote_address,
            .request_id = id_in_trail(request, ids_),
            .outcome = std::string{outcome},
            .details = details_of(request, audit_.details)};
  }

  const http::Handler handler_;
  const Access access_;
  const http::Audit audit_;
  AuditTrail& trail_;
  const Clock& clock_;
  IdGenerator& ids_;
};

}  // namespace

std::string id_in_trail(const Request& request, IdGenerator& ids) {
  if (Uuid::parse(request.request_id)) return request.request_id;
  auto id = ids.next().to_string();
  spdlog::info("request {} is {} in the audit trail", request.request_id, id);
  return id;
}

std::vector<http::Route> audited(std::vector<http::Route> routes, AuditTrail& trail, const Clock& clock,
                                 IdGenerator& ids) {
  for (auto& route : routes) {
    // One that declares nothing is recorded all the same, under its address.
    if (!route.audit && http::must_be_audited(route))
      route.audit = http::Audit{fmt::format("{} {}", to_string(route.method), route.path)};
    if (!route.audit || route.audit->action.empty()) continue;
    const auto recorder = std::make_shared<AuditedRoute>(std::move(route.handler), route.access, *route.audit,
                                                         trail, clock, ids);
    route.handler = [recorder](Request& request) { return recorder->run(request); };
  }
  return routes;
}

}  // namespace cloudcart::audit
