#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "core/id.h"

namespace cloudcart::recommendation {

/// Gives each id a small number, in order of first sight, so that all counting is done in arrays. An
/// open-addressing table of 4 bytes a slot over the ids themselves: a quarter of what a node-based map takes.
template <class IdType>
class IdIndex {
 public:
  std::uint32_t add(const IdType& id) {
    if ((ids_.size() + 1) * 3 > slots_.size() * 2) rehash(slots_.empty() ? 16 : slots_.size() * 2);
    auto& slot = slots_[slot_of(id)];
    if (slot == empty) {
      slot = static_cast<std::uint32_t>(ids_.size());
      ids_.push_back(id);
    }
    return slot;
  }
  std::optional<std::uint32_t> find(const IdType& id) const {
    if (slots_.empty()) return std::nullopt;
    const auto index = slots_[slot_of(id)];
    if (index == empty) return std::nullopt;
    return index;
  }
  const IdType& operator[](std::uint32_t index) const { return ids_[index]; }
  std::size_t size() const { return ids_.size(); }
  std::size_t bytes() const {
    return ids_.capacity() * sizeof(IdType) + slots_.capacity() * sizeof(std::uint32_t);
  }

 private:
  static constexpr std::uint32_t empty = std::numeric_limits<std::uint32_t>::max();

  /// The slot that holds `id`, or the free one where it belongs. The table always has a free slot.
  std::size_t slot_of(const IdType& id) const {
    // Ids may differ in a few bits anywhere: those of the upper half are folded down, and the multiplication
    // brings all of them up to the bits that pick the slot (Fibonacci hashing).
    std::uint64_t hash = std::hash<IdType>{}(id);
    hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15ULL;
    std::size_t slot = ((hash >> 32) * slots_.size()) >> 32;
    while (slots_[slot] != empty && ids_[slots_[slot]] != id) slot = slot + 1 == slots_.size() ? 0 : slot + 1;
    return slot;
  }
  void rehash(std::size_t size) {
    slots_.assign(size, empty);
    for (std::uint32_t i = 0; i < ids_.size(); ++i) slots_[slot_of(ids_[i])] = i;
  }

  std::vector<IdType> ids_;
  std::vector<std::uint32_t> slots_;  ///< at most two thirds of them in use
};

}  // namespace cloudcart::recommendation
