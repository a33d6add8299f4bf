#pragma once

#include <cstdint>

namespace cloudcart::product {

/// Numbers the changes of the product store, over all shops. A change that begins after another has been answered has the
/// higher number, also over restarts.
using ChangeNumber = std::int64_t;

/// A value with the newest change that it is known to show. For a read: it shows every change up to `as_of`, and may
/// show newer ones, above all while others are under way; `as_of` comes up to each change that has been answered. For a
/// write: `as_of` is its own change, or, where nothing had to be changed, any number up to now.
template <class T>
struct AsOf {
  T value;
  ChangeNumber as_of = 0;
};

}  // namespace cloudcart::product
