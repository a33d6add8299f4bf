#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/shop.h"
#include "import/ports/byte_source.h"

namespace cloudcart::history {

struct ImportFile {
  std::string name;  ///< for messages
  std::unique_ptr<ByteSource> bytes;
};

struct ImportOptions {
  Shop shop;  ///< its currency, and its time zone for dates without an offset
  std::string source =
      "import";  ///< 1–40 of a-z 0-9 . _ -; ids hang on it and on order numbers, not on file names
  bool shift_to_today = false;
  std::int64_t inventory_count = 100;  ///< of each product: histories have no stock
  std::vector<std::string>
      not_products;  ///< codes beside the built-in ones; "GIFT*" stands for all that begin so
  std::size_t batch_size = 2'000;
  std::size_t max_lines = 20'000'000;  ///< that count; a bound on memory
};

struct ImportProgress {
  enum class Phase : std::uint8_t { reading, products, customers, orders };
  Phase phase = Phase::reading;
  std::uint64_t done = 0;  ///< bytes while reading (of all files, compressed), then records
  std::uint64_t total = 0;
  std::uint64_t lines = 0;  ///< read so far
};
/// Called often, from the importing thread: showing it at a bearable rate is the callee's.
using ReportProgress = std::function<void(const ImportProgress&)>;

}  // namespace cloudcart::history
