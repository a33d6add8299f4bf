#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace cloudcart::promotion {

enum class ValueType : std::uint8_t { integer, real, boolean, text, bytes, id };

struct Column {
  std::string_view name;
  ValueType type;
  bool nullable = false;
  bool summed = false;  ///< a comparison of two shops tells what its values add up to
};

/// What a shop keeps in rows of one kind, whichever engine keeps them.
struct Table {
  std::string_view store;  ///< the service that owns it
  std::string_view name;   ///< both as on the engines that shops are moved to
  /// So many of its columns, the first ones, tell its rows apart; rows are read and written in their order. 0: the table has
  /// one row, which is there from the beginning and is replaced.
  std::size_t key_size;
  std::vector<Column> columns;

  bool has_one_row() const { return key_size == 0; }
  std::span<const Column> key() const { return std::span{columns}.first(key_size); }
};

/// Everything that moves, in the order in which it does: what a row refers to comes before it. The one place that says
/// what a shop consists of: a table that is added here needs nothing else where both engines have it under these
/// names, and where they differ a line in their adapters.
///
/// What is made from the event log is not here: analytics figures and the recommendation model are built where they are
/// needed. Nor is what is made from these tables: texts that are searched, sizes of categories.
std::span<const Table> tables();

}  // namespace cloudcart::promotion
