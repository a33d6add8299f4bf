#pragma once

#include <mutex>
#include <unordered_map>

#include "http/client_address.h"

namespace cloudcart::http {

/// How many connections each client has, so that none takes all. A client is an IPv4 address or a /64. Safe between threads.
class ConnectionCaps {
 public:
  /// `exempt` are not counted: proxies, behind each of which there are many.
  ConnectionCaps(std::size_t most_per_client, AddressBlocks exempt)
      : most_(most_per_client), exempt_(std::move(exempt)) {}

  /// False when the client has as many as it may have.
  bool enter(const AddressBytes& address);
  /// For each enter() that was true.
  void leave(const AddressBytes& address);

 private:
  const std::size_t most_;
  const AddressBlocks exempt_;
  std::mutex mutex_;
  std::unordered_map<AddressBytes, std::size_t, AddressHash> open_;
};

}  // namespace cloudcart::http
