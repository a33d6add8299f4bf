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
#include "runtime/event_loop.h"
#include "runtime/metrics.h"
#include "runtime/offload_pool.h"

namespace cloudcart::http {
class Admission;
}

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
  OffloadPool analysts;  ///< apart, so that whoever orders does not wait for a report
  std::vector<std::unique_ptr<EventLoop>> loops;
  std::unique_ptr<http::Admission> admission;  ///< of all ports of this process
  auth::TokenCodec tokens;
  auth::Revocations revocations{clock};
  auth::TokenAuthenticator authenticator{tokens, revocations, clock};

  EventLoop& first_loop() { return *loops.front(); }
};

}  // namespace cloudcart::app
