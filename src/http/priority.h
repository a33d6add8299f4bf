#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cloudcart::http {

/// What goes first when not all can be served. Every route names one; those of a lower one are refused first.
enum class Priority : std::uint8_t {
  vital,      ///< tells whether the process is well: never waits, never refused
  checkout,   ///< orders being placed and changed, and what services ask each other for them
  sign_in,    ///< accounts, passwords, sessions
  standard,   ///< the catalogue, a customer's orders, pages
  analytics,  ///< figures, reports, recommendations, exports, live streams
};
inline constexpr std::size_t priority_count = 5;

constexpr std::string_view to_string(Priority priority) {
  constexpr std::array<std::string_view, priority_count> words{"vital", "checkout", "sign_in", "standard",
                                                               "analytics"};
  return words[static_cast<std::size_t>(priority)];
}

}  // namespace cloudcart::http
