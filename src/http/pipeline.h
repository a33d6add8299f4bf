#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/id_generator.h"
#include "http/authenticator.h"
#include "http/client_address.h"
#include "http/rate_limiter.h"
#include "http/router.h"

namespace cloudcart {
class Metrics;
class Span;
class Tracer;
}  // namespace cloudcart

namespace cloudcart::http {

class Admission;

struct PipelineOptions {
  std::string service;                       ///< names the service in logs and metrics
  milliseconds request_timeout{10'000};      ///< the deadline of each request
  std::vector<std::string> allowed_origins;  ///< exact CORS origins
  AddressBlocks trusted_proxies;             ///< whose X-Forwarded-For is believed
  RateLimiter* rate_limiter = nullptr;       ///< null: no limits. Outlives the pipeline
  bool tls = false;                          ///< requests come by HTTPS
  bool access_log = true;
  Admission* admission = nullptr;  ///< null: everything is served at once
  Tracer* tracer = nullptr;        ///< null: no spans. Outlives the pipeline
};

/// What happens to every request around its handler, in this order: the client's address, request id, routing, CORS, token
/// and policy, rate limits, trace, deadline, admission, the handler, then errors to answers, ETag, compression, security
/// headers, metrics, access log.
class Pipeline {
 public:
  Pipeline(Router router, const Authenticator& authenticator, const Clock& clock, IdGenerator& ids,
           Metrics& metrics, PipelineOptions options);
  ~Pipeline();

  /// Never fails: every error is an answer.
  Task<Response> handle(Request request);
  /// The answer to what could not be read as a request.
  Response refuse(const Error& error) const;
  const Router& router() const { return router_; }

 private:
  /// Finds the client behind a gateway of this platform, or behind a trusted proxy.
  void find_client(Request& request) const;
  void note_rate_limited(const Request& request) const;
  void guard(const Request& request, Response& response) const;
  Deadline deadline_of(const Request& request) const;
  /// All that comes before the admission, and costs next to nothing. Leaves request.route null for a CORS preflight.
  Status prepare(Request& request) const;
  Status find_route(Request& request) const;
  /// Once it is known who asks, of which that depends.
  void join_trace(Span& span, Request& request) const;
  Task<Result<Response>> serve(Request& request, Status prepared) const;
  Status authorize(Request& request) const;
  Task<Result<Response>> run_handler(Request& request) const;
  void finish(const Request& request, Response& response) const;
  /// How a request ended, beside its answer.
  struct End;
  void record(const Request& request, const Response& response, const End& end) const;
  void log(const Request& request, const Response& response, const End& end,
           MonotonicTime::duration taken) const;

  struct RouteInstruments;
  const Router router_;
  const Authenticator& authenticator_;
  const Clock& clock_;
  IdGenerator& ids_;
  const PipelineOptions options_;
  mutable std::atomic<bool> warned_of_proxy_{false};
  mutable std::atomic<std::uint64_t> rate_limited_{0};  ///< since that was last noted in the log
  mutable std::atomic<MonotonicTime::rep> rate_limited_noted_at_{0};
  /// By route; null is what matched none. Filled once, so that requests look up without a lock.
  std::unordered_map<const Route*, std::unique_ptr<RouteInstruments>> instruments_;
};

}  // namespace cloudcart::http
