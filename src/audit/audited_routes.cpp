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

/// What of a request is recorded.
struct RecordedCall {
  Caller actor;
  std::string id;         ///< the same in all its entries
  bool is_named = false;  ///< the handler has said who it is
  bool is_begun = false;
};

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
    RecordedCall call{.actor = request.caller};
    CLOUDCART_CO_CHECK(co_await append_begun(request, call));
    std::exception_ptr defect;
    auto answer = co_await answer_of(request, defect);
    co_await append_outcome(request, call, outcome_of(answer));
    if (defect) std::rethrow_exception(defect);
    co_return answer;
  }

 private:
  /// Strangers leave nothing; whom the handler acts for, it says when it has found out.
  Task<Result<Response>> run_for_anyone(Request& request) {
    RecordedCall call{.actor = request.caller};
    request.audit_as = [this, &request, &call](Caller actor) {
      return begin_as(request, call, std::move(actor));
    };
    std::exception_ptr defect;
    auto answer = co_await answer_of(request, defect);
    request.audit_as = {};
    if (call.is_begun || (answer && !call.is_named))
      co_await append_outcome(request, call, outcome_of(answer));
    if (defect) std::rethrow_exception(defect);
    co_return answer;
  }

  Task<Status> begin_as(const Request& request, RecordedCall& call, Caller actor) {
    call.actor = std::move(actor);
    call.is_named = true;
    if (call.actor.user && call.actor.role == Role::customer) co_return Status{};
    CLOUDCART_CO_CHECK(co_await append_begun(request, call));
    call.is_begun = true;
    co_return Status{};
  }

  Task<Result<Response>> answer_of(Request& request, std::exception_ptr& defect) {
    try {
      co_return co_await handler_(request);
    } catch (...) {
      defect = std::current_exception();
    }
    co_return fail(ErrorCode::internal, "");
  }

  static std::string outcome_of(const Result<Response>& answer) {
    return std::string{answer ? outcome_done : to_string(answer.error().code)};
  }

  Task<Status> append_begun(const Request& request, RecordedCall& call) {
    const auto entry = entry_of(request, call, std::string{outcome_begun});
    const auto begun = co_await trail_.append(call.actor.tenant, to_json(entry), request.caller.deadline);
    if (!begun) co_return fail(begun.error());
    co_return Status{};
  }

  /// The caller is told what became of the request even when that cannot be recorded.
  Task<void> append_outcome(const Request& request, RecordedCall& call, std::string outcome) {
    const auto deadline = clock_.monotonic_now() + outcome_time_limit;
    const auto entry = entry_of(request, call, std::move(outcome));
    const auto ended = co_await trail_.append(call.actor.tenant, to_json(entry), deadline);
    if (!ended)
      spdlog::error("the outcome of {} (request {}) is not in the audit trail: {}", entry.action,
                    request.request_id, ended.error().message);
  }

  Entry entry_of(const Request& request, RecordedCall& call, std::string outcome) const {
    if (call.id.empty()) call.id = id_in_trail(request, ids_);
    const auto& caller = call.actor;
    const std::string_view unnamed = access_ == Access::service ? "service" : "nobody";
    return {.at = clock_.now(),
            .actor = caller.user ? caller.user->to_string() : std::string{unnamed},
            .role = std::string{caller.user ? to_string(caller.role) : unnamed},
            .action = audit_.action,
            .target = target_of(request),
            .address = request.remote_address,
            .request_id = call.id,
            .outcome = std::move(outcome),
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
