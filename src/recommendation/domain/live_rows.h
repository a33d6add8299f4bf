#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <limits>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "core/chunked_array.h"
#include "core/epochs.h"

namespace cloudcart::recommendation {

/// An entry of a sparse row.
struct RowEntry {
  std::uint32_t column;
  float value;
};

/// Leaves the `count` entries whose `size(value)` is largest, in no order but that the last is the smallest; of equal
/// ones those of the lower columns.
template <class Size = std::identity>
void keep_largest(std::vector<RowEntry>& entries, std::size_t count, Size size = {}) {
  if (entries.size() <= count) return;
  std::ranges::nth_element(entries, entries.begin() + static_cast<std::ptrdiff_t>(count) - 1,
                           [&](const RowEntry& a, const RowEntry& b) {
                             const float first = size(a.value), second = size(b.value);
                             return first != second ? first > second : a.column < b.column;
                           });
  entries.resize(count);
}

/// A sparse matrix of floats that one writer changes, value by value, while others read rows without locks.
///
/// A row is an open-addressing table in one block, so that going through it is a linear read. An entry is one
/// 64-bit word (column and value), read and written at once; a row that grows is published anew and the block of
/// before retired. Any capacity will do (the multiply-shift range reduction of Lemire 2016), so that a row whose
/// size is known in advance wastes little. Readers hold a guard of the matrix's Epochs and may see part of what
/// a writer is doing to several entries, never part of one.
class LiveRows {
 public:
  using Entry = RowEntry;

  explicit LiveRows(Epochs& epochs) : epochs_(epochs) {}
  LiveRows(const LiveRows&) = delete;
  LiveRows& operator=(const LiveRows&) = delete;
  ~LiveRows() {
    for (std::size_t row = 0; row < rows_.size(); ++row) std::free(rows_[row]);
  }

  void make_room(std::size_t rows) { rows_.resize(rows); }
  std::size_t rows() const { return rows_.size(); }
  Epochs& epochs() const { return epochs_; }

  /// Writes a whole row that is empty so far; each column once.
  void fill(std::uint32_t row, std::span<const Entry> entries) {
    if (entries.empty()) return;
    auto* table = make_table(capacity_for(entries.size()));
    for (const auto& entry : entries) place(*table, entry);
    store_shared(rows_[row], table, std::memory_order_release);
  }
  /// Puts `change(value so far)` in the place of the value at `column`; 0 where there was none.
  template <class Change>
  void update(std::uint32_t row, std::uint32_t column, Change change) {
    auto* table = rows_[row];
    if (table) {
      auto& word = table->words()[slot_of(*table, column)];
      if (column_of(word) == column) {
        store_shared(word, word_of({column, change(value_of(word))}));
        return;
      }
    }
    if (!table || table->used >= most_used(table->capacity)) table = grow(row);
    place(*table, {column, change(0.0F)});
  }

  float at(std::uint32_t row, std::uint32_t column) const {
    const auto* table = load_shared(rows_[row], std::memory_order_acquire);
    if (!table) return 0;
    const auto word = load_shared(table->words()[slot_of(*table, column)]);
    return column_of(word) == column ? value_of(word) : 0;
  }
  /// The values of a row at `columns`, 0 where there are none. The slots are all asked of the memory before the
  /// first is read, so that the waits for it overlap.
  void gather(std::uint32_t row, std::span<const std::uint32_t> columns, float* values) const {
    const auto* table = load_shared(rows_[row], std::memory_order_acquire);
    if (!table) {
      std::fill_n(values, columns.size(), 0.0F);
      return;
    }
    for (const auto column : columns) __builtin_prefetch(&table->words()[home_of(*table, column)]);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto word = load_shared(table->words()[slot_of(*table, columns[i])]);
      values[i] = column_of(word) == columns[i] ? value_of(word) : 0;
    }
  }
  /// Asks the memory for what update() or at() will read, so that the waits for several overlap.
  void prefetch(std::uint32_t row, std::uint32_t column) const {
    if (const auto* table = load_shared(rows_[row], std::memory_order_acquire))
      __builtin_prefetch(&table->words()[home_of(*table, column)]);
  }
  void prefetch(std::uint32_t row) const {
    __builtin_prefetch(load_shared(rows_[row], std::memory_order_acquire));
  }
  /// Visits the entries that are not zero, in no order.
  template <class Visit>
  void for_each(std::uint32_t row, Visit visit) const {
    const auto* table = load_shared(rows_[row], std::memory_order_acquire);
    if (!table) return;
    for (const auto& slot : std::span{table->words(), table->capacity}) {
      const auto word = load_shared(slot, std::memory_order_acquire);
      if (value_of(word) != 0) visit(column_of(word), value_of(word));
    }
  }
  /// Slots of a row, used or not: what for_each goes through.
  std::size_t width(std::uint32_t row) const {
    const auto* table = load_shared(rows_[row], std::memory_order_acquire);
    return table ? table->capacity : 0;
  }
  std::size_t bytes() const { return rows_.bytes() + load_shared(table_bytes_); }

 private:
  struct Table {
    std::uint32_t capacity;
    std::uint32_t used;  ///< slots, those with zeros included
    std::uint64_t* words() { return reinterpret_cast<std::uint64_t*>(this + 1); }
    const std::uint64_t* words() const { return reinterpret_cast<const std::uint64_t*>(this + 1); }
  };
  static constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t smallest = 4;

  static std::uint64_t word_of(Entry entry) {
    return std::uint64_t{entry.column} << 32 | std::bit_cast<std::uint32_t>(entry.value);
  }
  static std::uint32_t column_of(std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); }
  static float value_of(std::uint64_t word) { return std::bit_cast<float>(static_cast<std::uint32_t>(word)); }

  static std::uint32_t capacity_for(std::size_t entries) {
    return static_cast<std::uint32_t>(entries + entries / 3 + 1);
  }
  /// Three quarters, and always one less than all: a search ends at a free slot.
  static std::uint32_t most_used(std::uint32_t capacity) { return capacity - (capacity + 3) / 4; }

  static std::size_t home_of(const Table& table, std::uint32_t column) {
    const std::uint32_t hash = column * 0x9E3779B9U;
    return (std::uint64_t{hash} * table.capacity) >> 32;
  }
  static std::size_t slot_of(const Table& table, std::uint32_t column) {
    auto slot = home_of(table, column);
    for (;;) {
      const auto found = column_of(load_shared(table.words()[slot]));
      if (found == absent || found == column) return slot;
      slot = slot + 1 == table.capacity ? 0 : slot + 1;
    }
  }
  /// Whoever sees a new column sees all that was written of its product before.
  static void place(Table& table, Entry entry) {
    store_shared(table.words()[slot_of(table, entry.column)], word_of(entry), std::memory_order_release);
    ++table.used;
  }

  Table* make_table(std::uint32_t capacity) {
    const auto bytes = sizeof(Table) + capacity * sizeof(std::uint64_t);
    auto* table = static_cast<Table*>(std::malloc(bytes));
    if (!table) throw std::bad_alloc();
    *table = {.capacity = capacity, .used = 0};
    std::fill_n(table->words(), capacity, word_of({absent, 0}));
    // Rows may be filled by several threads at once, each its own.
    std::atomic_ref(table_bytes_).fetch_add(bytes, std::memory_order_relaxed);
    return table;
  }
  /// Drops zeros, and makes room for half as much again.
  Table* grow(std::uint32_t row) {
    auto* old = rows_[row];
    std::size_t kept = 0;
    for_each(row, [&](std::uint32_t, float) { ++kept; });
    auto* table = make_table(std::max(smallest, capacity_for(kept + kept / 2 + 1)));
    for_each(row, [&](std::uint32_t column, float value) { place(*table, {column, value}); });
    store_shared(rows_[row], table, std::memory_order_release);
    if (old) {
      std::atomic_ref(table_bytes_)
          .fetch_sub(sizeof(Table) + old->capacity * sizeof(std::uint64_t), std::memory_order_relaxed);
      epochs_.retire(old, [](void* block) { std::free(block); });
    }
    return table;
  }

  Epochs& epochs_;
  ChunkedArray<Table*> rows_;
  std::size_t table_bytes_ = 0;
};

}  // namespace cloudcart::recommendation
