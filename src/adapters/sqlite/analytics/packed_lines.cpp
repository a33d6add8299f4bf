#include "adapters/sqlite/analytics/packed_lines.h"

#include <limits>
#include <stdexcept>

namespace cloudcart::analytics {
namespace {

void put(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

void put_signed(std::string& out, std::int64_t value) {
  put(out, (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

[[noreturn]] void refuse() {
  throw std::runtime_error("an order's lines in the analytics file are damaged");
}

class Cursor {
 public:
  explicit Cursor(std::string_view packed) : at_(packed.data()), end_(at_ + packed.size()) {}
  bool at_end() const { return at_ == end_; }

  std::uint64_t take() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    refuse();
  }
  std::int64_t take_signed() {
    const std::uint64_t value = take();
    return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
  }
  template <class Small>
  Small take_small(std::int64_t value) {
    if (!std::in_range<Small>(value)) refuse();
    return static_cast<Small>(value);
  }

 private:
  const char* at_;
  const char* end_;
};

}  // namespace

std::string pack(const std::vector<ItemLine>& lines) {
  std::string out;
  out.reserve(lines.size() * 8);
  std::uint32_t previous = 0;
  for (const auto& line : lines) {
    put(out, line.item - previous);
    put_signed(out, line.quantity);
    put_signed(out, line.amount);
    previous = line.item;
  }
  return out;
}

std::vector<ItemLine> unpack(std::string_view packed) {
  std::vector<ItemLine> lines;
  std::int64_t item = 0;
  for (Cursor cursor(packed); !cursor.at_end();) {
    item += cursor.take_small<std::uint32_t>(static_cast<std::int64_t>(cursor.take()));
    const auto quantity = cursor.take_small<std::int32_t>(cursor.take_signed());
    lines.push_back({cursor.take_small<std::uint32_t>(item), quantity, cursor.take_signed()});
  }
  return lines;
}

}  // namespace cloudcart::analytics
