#pragma once

#include <cstdint>

namespace cloudcart::product {

/// Counts the committed changes of the product store, over all shops. It only grows, also over restarts.
using ChangeNumber = std::int64_t;

/// A value with the newest change that it knows of. For a read: it shows every change up to `as_of` and none
/// after. For a write: `as_of` is its own change, or, where nothing had to be changed, any number up to now.
template <class T>
struct AsOf {
  T value;
  ChangeNumber as_of = 0;
};

}  // namespace cloudcart::product
