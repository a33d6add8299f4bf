#include "http/pipeline.h"

#include <charconv>
#include <functional>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "core/text.h"
#include "http/admission.h"
#include "http/compression.h"
#include "http/guarded_stream.h"
#include "http/guarded_upgrade.h"
#include "http/problem.h"
#include "http/request_span.h"
#include "http/security_headers.h"
#include "http/web_socket.h"
#include "runtime/log_fields.h"
#include "runtime/metrics.h"

namespace cloudcart::http {
namespace {

constexpr std::size_t longest_request_id = 128;
constexpr std::size_t longest_logged_path = 256;
constexpr milliseconds least_time_of_strangers{1'000};

bool is_token_text(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  const auto space = authorization.find(' ');
  if (space == std::string_view::npos || !ascii_iequals(authorization.substr(0, space), "Bearer"))
    return std::nullopt;
  return trim(authorization.substr(space + 1));
}

/// The token that a request shows, "" for an Authorization of another kind; nullopt when it shows none.
std::optional<std::string_view> shown_token(const Request& request) {
  if (const auto header = request.headers.find("Authorization")) return bearer_token(*header).value_or("");
  return token_among_subprotocols(request);
}

/// The outcome of the role rule; ownership is the use case's.
bool allows(Access access, const Identity& who) {
  if (who.is_service) return access == Access::service;
  switch (access) {
    case Access::anyone:
    case Access::signed_in:
    case Access::owner_or_staff:
    case Access::owner_or_admin:
      return true;
    case Access::analysts:
      return who.role != Role::customer;
    case Access::staff:
      return who.role == Role::staff || who.role == Role::admin;
    case Access::admin:
      return who.role == Role::admin;
    case Access::service:
      return false;
  }
  return false;
}

/// The entity tag of a body: weak, since the compressed form shares it.
std::string entity_tag(std::string_view body) {
  return fmt::format("W/\"{:016x}-{:x}\"", std::hash<std::string_view>{}(body), body.size());
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  for (const auto part : split(if_none_match, ',')) {
    const auto candidate = trim(part);
    if (candidate == "*" || candidate == tag) return true;
    // Weak comparison: a strong tag of the same value matches too.
    if (!candidate.starts_with("W/") && tag.substr(2) == candidate) return true;
  }
  return false;
}

void answer_not_modified(const Request& request, Response& response) {
  if (!is_read(request.method)) return;
  if (response.status != 200 || response.stream || response.body.empty()) return;
  if (!response.headers.find("ETag")) response.headers.add("ETag", entity_tag(response.body));
  const auto known = request.headers.find("If-None-Match");
  if (!known || !names_tag(*known, *response.headers.find("ETag"))) return;
  response.status = 304;
  response.body.clear();
}

Status parse_target(Request& request) {
  const std::string_view target = request.target;
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question == std::string_view::npos) return {};
  for (const auto pair : split(target.substr(question + 1), '&')) {
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), true);
    auto value = equals == std::string_view::npos ? std::optional<std::string>{""}
                                                  : percent_decode(pair.substr(equals + 1), true);
    if (!name || !value || !is_valid_utf8(*name) || !is_valid_utf8(*value))
      return fail(ErrorCode::malformed_request,
                  "The query holds a broken percent escape or text that is not UTF-8.");
    request.query.emplace_back(std::move(*name), std::move(*value));
  }
  return {};
}

/// The Elastic Common Schema has another field for what is no address of the network, and refuses it in this one.
std::string_view field_of_client(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> parsed;
  const bool is_ip = inet_pton(AF_INET, address.c_str(), parsed.data()) == 1 ||
                     inet_pton(AF_INET6, address.c_str(), parsed.data()) == 1;
  return is_ip ? "client.ip" : "client.address";
}

}  // namespace

struct Pipeline::End {
  TraceContext trace;
  std::optional<ErrorCode> error;
  bool in_log = true;
};

/// A route's instruments. Counters by status are made when a status is first answered.
struct Pipeline::RouteInstruments {
  static constexpr int statuses = 600;

  RouteInstruments(Metrics& owner, std::string service, const Route* route)
      : metrics(owner),
        labels{{"service", std::move(service)},
               {"method", route ? std::string{to_string(route->method)} : "any"},
               {"route", route ? route->path : "unmatched"}},
        duration(metrics.duration("cloudcart_http_request_duration_seconds",
                                  "Time from the arrival of a request to its answer.", labels)) {}

  void record(int status, double taken_seconds) {
    auto& slot = by_status[static_cast<std::size_t>(status) % statuses];
    auto* counter = slot.load(std::memory_order_acquire);
    if (!counter) {
      auto with_status = labels;
      with_status.emplace("status", std::to_string(status));
      counter = &metrics.counter("cloudcart_http_requests_total", "Requests answered, by route and status.",
                                 with_status);
      slot.store(counter, std::memory_order_release);
    }
    counter->add();
    duration.observe(taken_seconds);
  }

  Metrics& metrics;
  const Metrics::Labels labels;
  Metrics::Histogram& duration;
  std::array<std::atomic<Metrics::Counter*>, statuses> by_status{};
};

Pipeline::Pipeline(Router router, const Authenticator& authenticator, const Clock& clock, IdGenerator& ids,
                   Metrics& metrics, PipelineOptions options)
    : router_(std::move(router)),
      authenticator_(authenticator),
      clock_(clock),
      ids_(ids),
      options_(std::move(options)) {
  instruments_.emplace(nullptr, std::make_unique<RouteInstruments>(metrics, options_.service, nullptr));
  for (const auto& route : router_.routes())
    instruments_.emplace(route.get(),
                         std::make_unique<RouteInstruments>(metrics, options_.service, route.get()));
}

Pipeline::~Pipeline() = default;

Task<Response> Pipeline::handle(Request request) {
  find_client(request);
  const auto given_id = request.headers.find("X-Request-Id");
  request.request_id = given_id && given_id->size() <= longest_request_id && is_token_text(*given_id)
                           ? std::string{*given_id}
                           : ids_.next().to_string();
  auto prepared = prepare(request);
  Span span;
  join_trace(span, request);
  auto result = co_await within(span, serve(request, std::move(prepared)));
  const bool is_shed = !result && (result.error().code == ErrorCode::overloaded ||
                                   result.error().code == ErrorCode::rate_limited);
  if (is_shed && result.error().code == ErrorCode::rate_limited) note_rate_limited(request);
  auto response = result ? *std::move(result) : problem_response(result.error(), request.request_id);
  if (request.caller.user) guard(request, response);
  finish(request, response);
  describe_answer(span, response.status);
  record(request, response,
         {.trace = span.context(),
          .error = result ? std::nullopt : std::optional{result.error().code},
          .in_log = options_.access_log && !is_shed});
  co_return response;
}

/// A stranger may name the trace that the request is part of. Whether it is recorded is decided here, so that nobody can have
/// all of it recorded, here or by those who follow the events.
void Pipeline::join_trace(Span& span, Request& request) const {
  auto given = trace_of(request.headers);
  const auto caller = request.by_gateway || request.by_service ? TraceCaller::service : TraceCaller::stranger;
  auto& traceparent = request.caller.traceparent;
  if (!options_.tracer) {
    if (!given) return;
    if (given->sampled && caller == TraceCaller::stranger)
      given = {.trace = given->trace, .span = new_span_id(), .sampled = false};
    traceparent = to_traceparent(*given);
    return;
  }
  // Whoever looks each second whether the process is well is no part of anything.
  if (request.route && request.route->priority == Priority::vital) return;
  auto& tracer = *options_.tracer;
  const auto* parent = given ? &*given : nullptr;
  const bool sampled = tracer.tracing().sampler().samples(parent, caller, clock_.monotonic_now());
  span.join(tracer, parent, sampled, SpanKind::server, "", request.received_at);
  if (given) span.set_tracestate(tracestate_of(request.headers));
  if (given || sampled) traceparent = to_traceparent(span.context());
  describe_request(span, request, options_.tls);
}

/// A line a second and not one for each: else whoever sends too much fills the log instead.
void Pipeline::note_rate_limited(const Request& request) const {
  ++rate_limited_;
  const auto now = clock_.monotonic_now().time_since_epoch().count();
  auto last = rate_limited_noted_at_.load();
  if (now - last < MonotonicTime::duration{seconds{1}}.count() ||
      !rate_limited_noted_at_.compare_exchange_strong(last, now))
    return;
  spdlog::warn("rate limited: {} requests refused, the last one of {}", rate_limited_.exchange(0),
               request.remote_address);
}

/// Whoever asks may give it less time than this process would, not more. Strangers not so little that those who answer
/// would look as if they failed.
Deadline Pipeline::deadline_of(const Request& request) const {
  auto limit = options_.request_timeout;
  if (const auto header = request.headers.find(time_limit_header)) {
    std::int64_t given = 0;
    const auto [end, failure] = std::from_chars(header->data(), header->data() + header->size(), given);
    const milliseconds least =
        request.by_gateway || request.by_service ? milliseconds{0} : least_time_of_strangers;
    if (failure == std::errc{} && end == header->data() + header->size() && given >= 0)
      limit = std::min(limit, std::max(least, milliseconds{given}));
  }
  return request.received_at + limit;
}

/// What goes on after the answer ends with the caller's token.
void Pipeline::guard(const Request& request, Response& response) const {
  const std::string token{shown_token(request).value()};
  if (response.stream)
    response.stream = std::make_shared<GuardedStream>(std::move(response.stream), authenticator_, token);
  if (response.upgrade)
    response.upgrade = std::make_shared<GuardedUpgrade>(std::move(response.upgrade), authenticator_, token);
}

void Pipeline::find_client(Request& request) const {
  if (const auto shown = request.headers.find(gateway_token_header)) {
    const auto gateway = authenticator_.authenticate(*shown);
    const auto client = request.headers.find("X-Forwarded-For");
    if (gateway && gateway->is_service && client) {
      request.remote_address = *client;
      request.by_gateway = true;
      return;
    }
  }
  auto client = client_address(request, options_.trusted_proxies);
  request.behind_unknown_proxy =
      client == request.remote_address &&
      (request.headers.find("X-Forwarded-For") || request.headers.find("Forwarded"));
  request.remote_address = std::move(client);
  if (request.behind_unknown_proxy && !warned_of_proxy_.exchange(true))
    spdlog::warn(
        "{} sends X-Forwarded-For and is not among http.trusted_proxies: all who come through it count as "
        "one "
        "client. If it is your proxy, name it there.",
        request.remote_address);
}

Response Pipeline::refuse(const Error& error) const {
  Request unread{.received_at = clock_.monotonic_now(), .request_id = ids_.next().to_string()};
  auto response = problem_response(error, unread.request_id);
  finish(unread, response);
  record(unread, response, {.trace = {}, .error = error.code, .in_log = options_.access_log});
  return response;
}

Status Pipeline::prepare(Request& request) const {
  auto prepared = find_route(request);
  if (request.route && prepared) prepared = authorize(request);
  // Counted whatever comes of it: to guess addresses or tokens costs as much as to use them.
  if (options_.rate_limiter) CLOUDCART_CHECK(options_.rate_limiter->admit(request));
  return prepared;
}

Status Pipeline::find_route(Request& request) const {
  CLOUDCART_CHECK(parse_target(request));
  const bool is_preflight =
      request.method == Method::options && request.headers.find("Access-Control-Request-Method");
  if (is_preflight) return {};
  CLOUDCART_CHECK(router_.match(request));
  if (asks_for_web_socket(request)) return check_origin(request, options_.allowed_origins);
  return {};
}

Task<Result<Response>> Pipeline::serve(Request& request, Status prepared) const {
  CLOUDCART_CO_CHECK(std::move(prepared));
  if (!request.route) co_return Response{.status = 204};  // a CORS preflight
  request.caller.deadline = deadline_of(request);         // now that it is known who asks
  Admission::Permit permit;
  if (options_.admission) {
    auto admitted = co_await options_.admission->enter(request.route->priority, request.received_at,
                                                       request.caller.deadline);
    if (!admitted) co_return fail(std::move(admitted).error());
    permit = *std::move(admitted);
  }
  if (request.route->priority != Priority::vital && clock_.monotonic_now() > request.caller.deadline)
    co_return fail(ErrorCode::deadline_exceeded, "The request waited longer than its time limit.");
  co_return co_await run_handler(request);
}

Status Pipeline::authorize(Request& request) const {
  const auto token = shown_token(request);
  const Access access = request.route->access;
  // Public routes ignore tokens that are no longer good: a storefront must not fail because a session ran
  // out.
  if (!token) {
    if (access == Access::anyone) return {};
    return fail(ErrorCode::unauthenticated, "Sign in first: send Authorization: Bearer <token>.");
  }
  auto identity = !token->empty() ? authenticator_.authenticate(*token)
                                  : fail(ErrorCode::unauthenticated, "Send Authorization: Bearer <token>.");
  if (!identity) {
    if (access == Access::anyone) return {};
    return std::unexpected(std::move(identity).error());
  }
  request.by_service = identity->is_service;
  if (!identity->is_service) {
    request.caller.user = identity->user;
    request.caller.role = identity->role;
  }
  request.caller.tenant = identity->tenant;
  request.session = identity->session;
  if (allows(access, *identity) || access == Access::anyone) return {};
  return fail(ErrorCode::forbidden, "Your role does not allow this.");
}

Task<Result<Response>> Pipeline::run_handler(Request& request) const {
  try {
    co_return co_await request.route->handler(request);
  } catch (const std::exception& failure) {
    spdlog::error("request {} {} failed: {}", request.request_id, request.path, failure.what());
  }
  co_return fail(ErrorCode::internal,
                 "Something went wrong on our side; the request id names it in the log.");
}

void Pipeline::finish(const Request& request, Response& response) const {
  auto& headers = response.headers;
  answer_not_modified(request, response);
  compress(request, response);
  headers.set("X-Request-Id", request.request_id);
  for (const auto& [name, value] : request.answer_headers.fields()) headers.add(name, value);
  add_security_headers(request, response, options_.tls);
  add_cors_headers(request, response, options_.allowed_origins);
}

void Pipeline::record(const Request& request, const Response& response, const End& end) const {
  const auto taken = clock_.monotonic_now() - request.received_at;
  instruments_.at(request.route)->record(response.status, std::chrono::duration<double>(taken).count());
  if (end.in_log) log(request, response, end, taken);
}

/// With the names of the Elastic Common Schema. The target is told without its query: search words and codes are nobody's
/// business.
void Pipeline::log(const Request& request, const Response& response, const End& end,
                   MonotonicTime::duration taken) const {
  const auto path = std::string_view{request.path}.substr(0, longest_logged_path);
  JsonWriter line;
  line.begin_object()
      .field("event.dataset", "cloudcart.access")
      .field("event.duration", static_cast<std::int64_t>(taken / std::chrono::nanoseconds{1}))
      .field("service.name", "cloudcart-" + options_.service)
      .field("http.request.method", to_string(request.method))
      .field("http.request.id", request.request_id)
      .field("http.response.status_code", response.status)
      .field("http.response.body.bytes", static_cast<std::uint64_t>(response.body.size()))
      .field("url.path", path);
  if (!request.remote_address.empty())
    line.field(field_of_client(request.remote_address), request.remote_address);
  if (end.trace.is_valid()) {
    line.field("trace.id", to_text(end.trace.trace)).field("span.id", to_text(end.trace.span));
    line.field("transaction.id", to_text(end.trace.span));  // what Elastic calls the span of a request
  } else if (!request.caller.traceparent.empty()) {
    line.field("trace.id", request.caller.traceparent.substr(3, 32));
  }
  if (request.caller.user) line.field("user.id", *request.caller.user);
  if (end.error) line.field("error.type", to_string(*end.error));
  line.end_object();
  const std::chrono::duration<double, std::milli> milliseconds_taken = taken;
  log_fields(fmt::format("{} {} {} in {:.1f} ms", to_string(request.method), path, response.status,
                         milliseconds_taken.count()),
             line);
}

}  // namespace cloudcart::http
