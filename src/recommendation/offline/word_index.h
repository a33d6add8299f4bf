#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"

namespace cloudcart::recommendation::offline {

/// Gives each word a number, in order of first sight. Files name orders, customers and products by any text;
/// a million such names take 20 bytes each beside their letters.
class WordIndex {
 public:
  std::uint32_t add(std::string_view word);
  std::optional<std::uint32_t> find(std::string_view word) const;
  /// Valid until the next add().
  std::string_view operator[](std::uint32_t number) const;
  std::size_t size() const { return ends_.size(); }

 private:
  struct Slot {
    std::uint32_t hash;    ///< saves looking at the letters of most other words
    std::uint32_t number;  ///< from 1; 0 is a free slot
  };
  std::size_t slot_of(std::string_view word, std::uint32_t hash) const;
  void grow();

  std::string letters_;
  std::vector<std::uint64_t> ends_;  ///< of each word in letters_
  std::vector<Slot> slots_;          ///< a power of two, at most two thirds of them in use
};

/// All names that a run of the tools meets. They are numbered in order of first sight, and ids follow the
/// numbers: where the engine puts equal scores in order of id, it puts them in that order. The tools read the
/// catalogue first, so ties between its products stand in the order of the catalogue.
struct Words {
  WordIndex orders, customers, items;
};

/// The id of word `number`; ids sort by number. They are never nil.
template <class IdType>
IdType id_of(std::uint32_t number) {
  IdType id;
  const auto value = std::uint64_t{number} + 1;
  for (int byte = 0; byte < 8; ++byte)
    id.value.bytes[15 - byte] = static_cast<std::uint8_t>(value >> (8 * byte));
  return id;
}

/// The inverse of id_of().
template <class IdType>
std::uint32_t number_of(const IdType& id) {
  std::uint64_t value = 0;
  for (int byte = 8; byte < 16; ++byte) value = value << 8 | id.value.bytes[byte];
  return static_cast<std::uint32_t>(value - 1);
}

}  // namespace cloudcart::recommendation::offline
