#pragma once

#include <bit>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace cloudcart {

static_assert(std::endian::native == std::endian::little, "Files hold numbers as little-endian machines do.");

/// Appends the bytes of plain values.
template <class T>
  requires std::is_trivially_copyable_v<T>
void put_bytes(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}
/// Writes the bytes of a plain value over those at `place`, which are there.
template <class T>
  requires std::is_trivially_copyable_v<T>
void replace_bytes(std::string& out, std::size_t place, const T& value) {
  std::memcpy(out.data() + place, &value, sizeof value);
}
/// Appends a length (32 bits) and the text.
inline void put_text(std::string& out, std::string_view text) {
  put_bytes(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

/// Takes them back one after the other. What is not there is not taken: once a take has failed all later ones do, so
/// that one look at is_good() at the end is enough.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
    requires std::is_trivially_copyable_v<T>
  T take() {
    T value{};
    if (const auto bytes = take_bytes(sizeof value); bytes.size() == sizeof value)
      bytes.copy(reinterpret_cast<char*>(&value), sizeof value);
    return value;
  }
  std::string_view take_text() { return take_bytes(take<std::uint32_t>()); }
  /// Empty when there are fewer.
  std::string_view take_bytes(std::size_t count) {
    if (!good_ || rest_.size() < count) {
      good_ = false;
      return {};
    }
    const auto bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  bool is_good() const { return good_; }
  std::size_t left() const { return good_ ? rest_.size() : 0; }

 private:
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace cloudcart
