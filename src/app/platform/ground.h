#pragma once

#include <memory>
#include <vector>

#include "app/config/config.h"
#include "app/platform/tracing_unit.h"
#include "auth/key_file.h"
#include "auth/key_ring.h"
#include "auth/revocations.h"
#include "auth/token_authenticator.h"
#include "auth/token_codec.h"
#include "core/clock.h"
#include "core/id_generator.h"
#include "core/shop.h"
#include "events/event_spans.h"
#include "http/rate_limiter.h"
#include "http/tls_certificate.h"
#include "runtime/event_loop.h"
#include "runtime/metrics.h"
#include "runtime/offload_pool.h"

namespace cloudcart::http {
class Admission;
}

namespace cloudcart::app {

/// The file that holds the keys; empty where the configuration itself holds one.
std::optional<auth::KeyFile> key_file_of(const Config& config);

/// What all services of a process share. Made first, destroyed last.
struct Ground {
  /// Throws std::runtime_error with a sentence for the operator. Loops are made, not started.
  explicit Ground(const Config& config);
  ~Ground();
  Ground(const Ground&) = delete;
  Ground& operator=(const Ground&) = delete;

  const Config config;
  const Shop shop;
  const SystemClock clock;
  SystemIdGenerator ids{clock};
  Metrics metrics;
  const std::unique_ptr<TracingUnit> tracing;  ///< null: nothing is traced
  OffloadPool readers;
  OffloadPool analysts;  ///< apart, so that whoever orders does not wait for a report
  std::vector<std::unique_ptr<EventLoop>> loops;
  std::unique_ptr<http::Admission> admission;   ///< of all ports of this process
  const std::optional<auth::KeyFile> key_file;  ///< empty where the key comes from the environment
  const std::shared_ptr<auth::KeyRing> keys;
  auth::TokenCodec tokens;
  auth::Revocations revocations{clock};
  auth::TokenAuthenticator authenticator{tokens, revocations, clock};
  http::RateLimiter rate_limiter;
  std::unique_ptr<http::TlsCertificate> certificate;  ///< null: plain HTTP

  EventLoop& first_loop() { return *loops.front(); }
  /// Null where nothing is traced. `name`: of a service, or "dashboard".
  Tracer* tracer(std::string_view name) const { return tracing ? &tracing->of(name) : nullptr; }
  Tracer* tracer(Service service) const { return tracer(to_string(service)); }
  /// Of what a service does with the events of orders.
  events::EventTracing event_tracing(Service service) const;
};

}  // namespace cloudcart::app
