#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "core/chunked_array.h"
#include "core/id.h"

namespace cloudcart::recommendation {

/// Gives each id a small number, in order of first sight, so that all counting is done in arrays. An
/// open-addressing table of 4 bytes a slot over the ids themselves: a quarter of what a node-based map takes.
///
/// One writer; others may find ids meanwhile without locks, and see each id from its add() on. Tables that were
/// outgrown are kept as long as the index, since a reader may still be in one; all of them together are no
/// larger than the present one.
template <class IdType>
class IdIndex {
 public:
  std::uint32_t add(const IdType& id) {
    if (!latest() || (size() + 1) * 3 > latest()->size() * 2) grow();
    const auto place = look_up(*latest(), id);
    if (place.index != empty) return place.index;
    const auto index = static_cast<std::uint32_t>(ids_.size());
    ids_.push_back(id);
    store_shared((*latest())[place.slot], index, std::memory_order_release);
    return index;
  }
  std::optional<std::uint32_t> find(const IdType& id) const {
    const auto* table = current_.load(std::memory_order_acquire);
    if (!table) return std::nullopt;
    const auto index = look_up(*table, id).index;
    if (index == empty) return std::nullopt;
    return index;
  }
  const IdType& operator[](std::uint32_t index) const { return ids_[index]; }
  /// For the writer.
  std::size_t size() const { return ids_.size(); }
  std::size_t bytes() const {
    // Each table is half as large as the next.
    const auto* table = current_.load(std::memory_order_acquire);
    const auto slots = table ? 2 * table->size() - first_slots : 0;
    return ids_.bytes() + slots * sizeof(std::uint32_t);
  }

  IdIndex() = default;
  IdIndex(IdIndex&& from) noexcept
      : ids_(std::move(from.ids_)),
        tables_(std::move(from.tables_)),
        current_(from.current_.exchange(nullptr)) {}
  IdIndex& operator=(IdIndex&&) = delete;

 private:
  using Table = std::vector<std::uint32_t>;  ///< at most two thirds of it in use
  static constexpr std::size_t first_slots = 16;
  static constexpr std::uint32_t empty = std::numeric_limits<std::uint32_t>::max();

  Table* latest() { return tables_.empty() ? nullptr : tables_.back().get(); }

  /// A slot and what it held when it was looked at: later it may hold another id.
  struct Place {
    std::size_t slot;
    std::uint32_t index;
  };
  /// The slot that holds `id`, or the free one where it belongs. The table always has a free slot.
  Place look_up(const Table& table, const IdType& id) const {
    // Ids may differ in a few bits anywhere: those of the upper half are folded down, and the multiplication
    // brings all of them up to the bits that pick the slot (Fibonacci hashing).
    std::uint64_t hash = std::hash<IdType>{}(id);
    hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15ULL;
    std::size_t slot = ((hash >> 32) * table.size()) >> 32;
    for (;;) {
      const auto index = load_shared(table[slot], std::memory_order_acquire);
      if (index == empty || ids_[index] == id) return {slot, index};
      slot = slot + 1 == table.size() ? 0 : slot + 1;
    }
  }
  void grow() {
    auto larger = std::make_unique<Table>(tables_.empty() ? first_slots : latest()->size() * 2, empty);
    for (std::uint32_t i = 0; i < ids_.size(); ++i) (*larger)[look_up(*larger, ids_[i]).slot] = i;
    current_.store(larger.get(), std::memory_order_release);
    tables_.push_back(std::move(larger));
  }

  ChunkedArray<IdType> ids_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::atomic<const Table*> current_{nullptr};  ///< the last of them
};

}  // namespace cloudcart::recommendation
