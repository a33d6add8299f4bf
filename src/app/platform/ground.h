#pragma once

#include <memory>
#include <vector>

#include "app/config/config.h"
#include "auth/revocations.h"
#include "auth/token_authenticator.h"
#include "auth/token_codec.h"
#include "core/clock.h"
#include "core/id_generator.h"
#include "core/shop.h"
#include "http/rate_limiter.h"
#include "http/tls_certificate.h"
#include "runtime/event_loop.h"
#include "runtime/metrics.h"
#include "runtime/offload_pool.h"

namespace cloudcart::app {

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
  OffloadPool readers;
  std::vector<std::unique_ptr<EventLoop>> loops;
  auth::TokenCodec tokens;
  auth::Revocations revocations{clock};
  auth::TokenAuthenticator authenticator{tokens, revocations, clock};
  http::RateLimiter rate_limiter;
  std::unique_ptr<http::TlsCertificate> certificate;  ///< null: plain HTTP

  EventLoop& first_loop() { return *loops.front(); }
};

}  // namespace cloudcart::app
