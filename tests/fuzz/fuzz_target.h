#pragma once

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace cloudcart::fuzz {

/// What is done with every input. It may take any bytes, and ends the program where a promise is broken.
struct Target {
  std::string_view name;
  void (*run)(std::string_view input);
};

/// All targets of the program.
std::vector<Target>& targets();
/// nullptr when there is none of that name.
const Target* find_target(std::string_view name);

struct Registration {
  Registration(std::string_view name, void (*run)(std::string_view)) { targets().push_back({name, run}); }
};

/// Ends the program at once, so that the input that led here is kept.
void require(bool holds, std::string_view promise,
             std::source_location where = std::source_location::current());

/// Takes an input apart: first what steers, then what is read.
class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  /// Up to the next line feed, which is taken as well.
  std::string_view line() {
    const auto end = rest_.find('\n');
    const auto taken = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    return taken;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

/// Cuts a text into pieces of 1 to 64 bytes, whose lengths `seed` decides: what arrives may be cut anywhere.
std::vector<std::string_view> in_pieces(std::string_view text, std::uint8_t seed);

}  // namespace cloudcart::fuzz

/// FUZZ_TARGET(cursor) { … input … }
#define FUZZ_TARGET(name)                                                                  \
  static void fuzz_##name(std::string_view input);                                         \
  static const ::cloudcart::fuzz::Registration registration_of_##name{#name, fuzz_##name}; \
  static void fuzz_##name(std::string_view input)
