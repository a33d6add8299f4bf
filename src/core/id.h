#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cloudcart {

/// 128-bit identifier in RFC 9562 layout. Ordered bytewise, so version 7 values sort by time of creation.
struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  /// Accepts the canonical 36-character form, either case; nullopt for anything else.
  static std::optional<Uuid> parse(std::string_view text);
  /// From the 16 bytes that a store keeps; nullopt for another length.
  static std::optional<Uuid> from_bytes(std::string_view raw);
  /// Lower-case canonical form, 36 characters.
  std::string to_string() const;
  void append_to(std::string& out) const;
  std::string_view as_bytes() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  bool is_nil() const { return *this == Uuid{}; }

  auto operator<=>(const Uuid&) const = default;
};

/// A UUID that cannot be mistaken for the id of another kind of thing.
template <class Tag>
struct Id {
  Uuid value;

  static std::optional<Id> parse(std::string_view text) {
    if (auto uuid = Uuid::parse(text)) return Id{*uuid};
    return std::nullopt;
  }
  static std::optional<Id> from_bytes(std::string_view raw) {
    if (auto uuid = Uuid::from_bytes(raw)) return Id{*uuid};
    return std::nullopt;
  }
  std::string to_string() const { return value.to_string(); }
  std::string_view as_bytes() const { return value.as_bytes(); }

  auto operator<=>(const Id&) const = default;
};

using UserId = Id<struct UserTag>;
using ProductId = Id<struct ProductTag>;
using OrderId = Id<struct OrderTag>;
using EventId = Id<struct EventTag>;
using SessionId = Id<struct SessionTag>;

}  // namespace cloudcart

template <>
struct std::hash<cloudcart::Uuid> {
  std::size_t operator()(const cloudcart::Uuid& id) const noexcept {
    std::uint64_t high, low;
    std::memcpy(&high, id.bytes.data(), 8);
    std::memcpy(&low, id.bytes.data() + 8, 8);
    // The low half of a version 7 id is random; folding keeps hand-made ids apart too.
    return low ^ (high * 0x9E3779B97F4A7C15ULL);
  }
};

template <class Tag>
struct std::hash<cloudcart::Id<Tag>> {
  std::size_t operator()(const cloudcart::Id<Tag>& id) const noexcept {
    return std::hash<cloudcart::Uuid>{}(id.value);
  }
};
