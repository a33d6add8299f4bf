#include "product/domain/product_cursor.h"

#include "core/text.h"

namespace cloudcart::product {
namespace {

constexpr std::size_t id_size = 16;
constexpr std::size_t number_size = 8;

/// The first byte: which order the cursor is for.
char order_mark(ProductSort sort, bool descending) {
  return static_cast<char>((descending ? 'A' : 'a') + static_cast<int>(sort));
}

std::string to_bytes(std::int64_t number) {
  std::string bytes;
  for (std::size_t i = 0; i < number_size; ++i)
    bytes.push_back(static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * (number_size - 1 - i))));
  return bytes;
}

std::int64_t to_number(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::string encode_cursor(ProductSort sort, bool descending, const SortPosition& position) {
  std::string bytes{order_mark(sort, descending)};
  bytes += position.id.as_bytes();
  const auto* text = std::get_if<std::string>(&position.key);
  bytes += text ? *text : to_bytes(std::get<std::int64_t>(position.key));
  return base64url_encode(bytes);
}

std::optional<SortPosition> decode_cursor(std::string_view cursor, ProductSort sort, bool descending) {
  const auto bytes = base64url_decode(cursor);
  if (!bytes || bytes->size() <= 1 + id_size || bytes->front() != order_mark(sort, descending))
    return std::nullopt;
  const auto id = ProductId::from_bytes(std::string_view{*bytes}.substr(1, id_size)).value();
  const auto key = std::string_view{*bytes}.substr(1 + id_size);
  if (sort == ProductSort::name) {
    if (!is_valid_utf8(key) || name_sort_key(key) != key) return std::nullopt;
    return SortPosition{std::string{key}, id};
  }
  if (key.size() != number_size) return std::nullopt;
  return SortPosition{to_number(key), id};
}

std::string encode_place(std::int64_t place) {
  return base64url_encode(to_bytes(place));
}

std::optional<std::int64_t> decode_place(std::string_view cursor) {
  const auto bytes = base64url_decode(cursor);
  if (!bytes || bytes->size() != number_size) return std::nullopt;
  return to_number(*bytes);
}

}  // namespace cloudcart::product
