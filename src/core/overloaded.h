#pragma once

namespace cloudcart {

/// One callable of several, for std::visit: the one that fits the alternative is called.
template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

}  // namespace cloudcart
