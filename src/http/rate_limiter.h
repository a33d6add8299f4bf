#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "core/result.h"
#include "http/client_address.h"
#include "http/router.h"

namespace cloudcart::http {

/// So many requests at once, given back evenly over the window. 0 requests: no limit.
struct Quota {
  std::uint32_t requests = 0;
  seconds window{60};
};

struct RateLimits {
  Quota per_client{6000};        ///< an IPv4 address or an IPv6 /64
  Quota per_account{3000};       ///< whoever is signed in
  Quota costly_per_client{120};  ///< routes of RateClass::costly, beside the others
  AddressBlocks exempt;          ///< clients that are not limited
  std::size_t max_buckets = 100'000;
};

/// Token buckets, by the generic cell rate algorithm: a bucket is one time, and one that is full again is forgotten. With
/// max_buckets of them those that are nearest to full are forgotten, so nobody gains by making many. Safe between threads.
/// Each process counts for itself.
class RateLimiter {
 public:
  explicit RateLimiter(RateLimits limits);

  /// Counts a request that has its client, route and caller (no route: ordinary). Puts the fields RateLimit-Policy and
  /// RateLimit (draft-ietf-httpapi-ratelimit-headers-10) into its answer_headers. Error: rate_limited, with retry_after.
  /// Other services are not counted, and what a gateway has counted is not counted again, except for costly routes: the
  /// gateway does not know which those are.
  Status admit(Request& request);
  std::size_t buckets() const;

 private:
  enum class Policy : std::uint8_t { client, account, costly };
  struct Key {
    AddressBytes id;
    Policy policy;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  /// When each bucket is full again.
  using Buckets = std::unordered_map<Key, MonotonicTime, KeyHash>;
  struct Part {
    mutable std::mutex mutex;
    Buckets buckets;
  };

  Status take(Request& request, const Key& key, const Quota& quota, std::string_view name);
  void make_room(Buckets& buckets, MonotonicTime now) const;

  const RateLimits limits_;
  std::array<Part, 16> parts_;
};

}  // namespace cloudcart::http
