#include "adapters/sqlite/analytics/packed_tally.h"

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

}  // namespace

std::string pack(const Tallies& tallies) {
  std::string out;
  out.reserve(tallies.size() * 16);
  std::int64_t previous = 0;
  for (const auto& [number, tally] : tallies) {
    put(out, static_cast<std::uint64_t>(number - previous));
    put_signed(out, tally.orders);
    put_signed(out, tally.quantity);
    put_signed(out, tally.amount);
    put_signed(out, tally.newest_at);
    previous = number;
  }
  return out;
}

bool TallyCursor::next() {
  if (at_ == end_) return false;
  number_ += static_cast<std::int64_t>(take());
  tally_.orders = take_signed();
  tally_.quantity = take_signed();
  tally_.amount = take_signed();
  tally_.newest_at = take_signed();
  return true;
}

std::uint64_t TallyCursor::take() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at_++);
    value |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) return value;
  }
  throw std::runtime_error("a rollup in the analytics file is damaged");
}

std::int64_t TallyCursor::take_signed() {
  const std::uint64_t value = take();
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

}  // namespace cloudcart::analytics
