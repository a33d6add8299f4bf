#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace cloudcart::recommendation {

/// A sparse array: value by small number, absent ones being zero. Open addressing in one block, so that going
/// through all entries is a linear read. Any capacity will do (the multiply-shift range reduction of Lemire
/// 2016), so that a map whose size is known in advance wastes little.
template <class Value>
class IndexMap {
 public:
  struct Entry {
    std::uint32_t index = absent;
    Value value{};
  };

  /// Adds to the value at `index`; what comes to zero is forgotten when the table is next rebuilt.
  void add(std::uint32_t index, Value change) {
    if (!entries_.empty()) {
      if (auto& entry = entries_[slot_of(index)]; entry.index == index) {
        entry.value += change;
        return;
      }
    }
    if (used_ >= most_used(entries_.size())) rebuild();
    entries_[slot_of(index)] = {index, change};
    ++used_;
  }
  Value at(std::uint32_t index) const { return entries_.empty() ? Value{} : entries_[slot_of(index)].value; }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& entry : entries_)
      if (entry.value != Value{}) visit(entry.index, entry.value);
  }
  /// Makes room for `count` entries in an empty map.
  void reserve(std::size_t count) { entries_.resize(count + count / 3 + 1); }
  std::size_t bytes() const { return entries_.capacity() * sizeof(Entry); }

 private:
  static constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::size_t smallest = 4;

  /// Three quarters, and always one less than all: a search ends at a free slot.
  static std::size_t most_used(std::size_t capacity) { return capacity - (capacity + 3) / 4; }

  std::size_t slot_of(std::uint32_t index) const {
    const std::uint32_t hash = index * 0x9E3779B9U;
    std::size_t slot = (static_cast<std::uint64_t>(hash) * entries_.size()) >> 32;
    while (entries_[slot].index != absent && entries_[slot].index != index)
      slot = slot + 1 == entries_.size() ? 0 : slot + 1;
    return slot;
  }
  /// Drops zeros; doubles the table only when the rest would fill half of it.
  void rebuild() {
    std::size_t kept = 0;
    for_each([&](std::uint32_t, Value) { ++kept; });
    auto old = std::move(entries_);
    entries_ = std::vector<Entry>(kept * 2 < old.size() ? old.size() : std::max(smallest, old.size() * 2));
    used_ = kept;
    for (const auto& entry : old)
      if (entry.value != Value{}) entries_[slot_of(entry.index)] = entry;
  }

  std::vector<Entry> entries_;
  std::size_t used_ = 0;  ///< slots in use, those with zeros included
};

}  // namespace cloudcart::recommendation
