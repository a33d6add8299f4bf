#pragma once

#include <string>

namespace cloudcart::redis {

/// A program that Redis runs as one step.
struct Script {
  explicit Script(std::string lua);
  const std::string text;
  const std::string sha1;  ///< what EVALSHA calls it by
};

/// All get as their first KEYS the floors and the writers, as their first ARGV the run and the settling time in ms.

/// KEYS: the entry. ARGV: version, slot, value, time to live in ms.
const Script& put_script();
/// KEYS: the entries. ARGV: for each entry its version and slot.
const Script& erase_script();
/// ARGV: version. Raises the base to the version. Floors of another process of the server came out of a snapshot, and
/// are begun anew.
const Script& raise_script();
/// ARGV: the lowest version, the writer, when its word ends, for how long others' may have ended, in µs. Answers the time.
const Script& renew_script();
/// Answers born and base, or nothing while the word of a writer has ended.
const Script& stamp_script();

}  // namespace cloudcart::redis
