#pragma once

#include <chrono>
#include <thread>

#include "product/ports/as_of.h"

namespace cloudcart::product {

/// The number of a read that has come up to `number`; after ten seconds, of the last one that has not. A read may be numbered
/// lower than what it shows, as long as somebody else's change is under way on the same server.
template <class Read>
ChangeNumber as_of_when_reached(ChangeNumber number, Read read) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  for (;;) {
    const ChangeNumber as_of = read().value().as_of;
    if (as_of >= number || std::chrono::steady_clock::now() > give_up) return as_of;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

}  // namespace cloudcart::product
