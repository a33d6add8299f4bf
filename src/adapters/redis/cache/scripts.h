#pragma once

#include <string>

namespace cloudcart::redis {

/// A program that Redis runs as one step.
struct Script {
  explicit Script(std::string lua);
  const std::string text;
  const std::string sha1;  ///< what EVALSHA calls it by
};

/// KEYS: the floors, the entry. ARGV: run, settling time in ms, version, slot, value, time to live in ms.
const Script& put_script();
/// KEYS: the floors, the entries. ARGV: run, settling time in ms, then for each entry its version and slot.
const Script& erase_script();
/// KEYS: the floors. ARGV: run, settling time in ms, version. Raises the base to the version. Floors of another process
/// of the server came out of a snapshot, and are begun anew.
const Script& raise_script();

}  // namespace cloudcart::redis
