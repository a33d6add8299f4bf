#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace cloudcart::history {

enum class Layout : std::uint8_t {
  retail,  ///< an invoice's number says what it is: C… is a cancellation, A… an adjustment
  plain,   ///< order numbers say nothing: a negative quantity is a cancellation
};

/// One line of an order as text, whatever the file calls its columns. Views into the parser's record.
struct SourceLine {
  Layout layout = Layout::plain;
  std::string_view order;
  std::string_view customer;
  std::string_view time;
  std::string_view product;
  std::string_view quantity;
  std::string_view price;
  std::string_view name;      ///< empty where the layout has none
  std::string_view category;  ///< likewise
  std::string_view country;   ///< likewise
};

/// Finds each column by its name, in any order and case; spaces, underscores and hyphens in names do not
/// count.
class ColumnMap {
 public:
  /// validation_failed, listing what was found and what is accepted.
  static Result<ColumnMap> read_header(std::span<const std::string_view> names);

  /// Nullopt when the record has not as many fields as the header.
  std::optional<SourceLine> read(std::span<const std::string_view> fields) const;
  Layout layout() const { return layout_; }

 private:
  using Member = std::string_view SourceLine::*;
  struct Column {
    Member member;
    std::size_t index;
  };

  Layout layout_ = Layout::plain;
  std::size_t width_ = 0;
  std::array<Column, 9> columns_{};
  std::size_t column_count_ = 0;
};

}  // namespace cloudcart::history
