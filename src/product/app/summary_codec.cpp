#include "product/app/summary_codec.h"

namespace cloudcart::product {
namespace {

constexpr std::size_t number_size = 8;
constexpr std::size_t length_size = 4;
constexpr std::size_t head_size = 1 + 2 * number_size + length_size;

void append(std::string& out, std::uint64_t number, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) out.push_back(static_cast<char>(number >> (8 * i)));
}

std::uint64_t take(std::string_view& bytes, std::size_t size) {
  std::uint64_t number = 0;
  for (const char byte : bytes.substr(0, size)) number = number << 8 | static_cast<unsigned char>(byte);
  bytes.remove_prefix(size);
  return number;
}

}  // namespace

std::string encode_summary(const ProductSummary& summary) {
  std::string bytes;
  bytes.reserve(head_size + summary.name.size() + summary.category_name.size());
  append(bytes, summary.is_active ? 1 : 0, 1);
  append(bytes, static_cast<std::uint64_t>(summary.inventory_count), number_size);
  append(bytes, static_cast<std::uint64_t>(summary.price.minor_units()), number_size);
  append(bytes, summary.name.size(), length_size);
  return bytes + summary.name + summary.category_name;
}

std::optional<ProductSummary> decode_summary(ProductId id, std::string_view bytes) {
  if (bytes.size() < head_size) return std::nullopt;
  ProductSummary summary{.id = id};
  summary.is_active = take(bytes, 1) == 1;
  summary.inventory_count = static_cast<std::int64_t>(take(bytes, number_size));
  summary.price = Money{static_cast<std::int64_t>(take(bytes, number_size))};
  const auto name_size = take(bytes, length_size);
  if (name_size > bytes.size()) return std::nullopt;
  summary.name = bytes.substr(0, name_size);
  summary.category_name = bytes.substr(name_size);
  return summary;
}

}  // namespace cloudcart::product
