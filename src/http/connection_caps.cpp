#include "http/connection_caps.h"

namespace cloudcart::http {

bool ConnectionCaps::enter(const AddressBytes& address) {
  if (exempt_.contains(address)) return true;
  const std::scoped_lock lock(mutex_);
  const auto [place, is_new] = open_.try_emplace(network_of(address), 0);
  if (place->second >= most_) return false;
  ++place->second;
  return true;
}

void ConnectionCaps::leave(const AddressBytes& address) {
  if (exempt_.contains(address)) return;
  const std::scoped_lock lock(mutex_);
  const auto place = open_.find(network_of(address));
  if (place != open_.end() && --place->second == 0) open_.erase(place);
}

}  // namespace cloudcart::http
