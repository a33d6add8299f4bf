#include "recommendation/domain/impression.h"

#include <algorithm>

#include "core/text.h"

namespace cloudcart::recommendation {
namespace {

constexpr char version = 1;
/// version, experiment, subject and its kind, variant, time, nonce, count.
constexpr std::size_t head_bytes = 1 + 16 + 16 + 1 + 1 + 8 + 8 + 1;
constexpr std::size_t product_bytes = 4, seal_bytes = 8, id_bytes = 16;
constexpr unsigned mark_bits = 30;
constexpr std::uint32_t mark_mask = (1U << mark_bits) - 1;
/// Marks only tell products of one list apart: who could find two products with one mark gains nothing.
constexpr SipKey mark_key{};

void append_number(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) out.push_back(static_cast<char>(number >> (8 * i)));
}

std::uint64_t take_number(std::string_view& bytes, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count; ++i)
    number |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
  bytes.remove_prefix(count);
  return number;
}

Uuid take_id(std::string_view& bytes) {
  const auto id = Uuid::from_bytes(bytes.substr(0, id_bytes));
  bytes.remove_prefix(id_bytes);
  return id.value();
}

}  // namespace

std::uint32_t ShownProduct::mark_of(const ProductId& product) {
  return static_cast<std::uint32_t>(sip_hash(mark_key, product.as_bytes())) & mark_mask;
}

std::optional<std::size_t> Impression::place_of(const ProductId& product) const {
  const auto found = std::ranges::find(products, ShownProduct::mark_of(product), &ShownProduct::mark);
  if (found == products.end()) return std::nullopt;
  return static_cast<std::size_t>(found - products.begin());
}

std::string seal(const Impression& impression, const SipKey& key) {
  std::string bytes(1, version);
  bytes += impression.experiment.as_bytes();
  bytes += impression.subject.id.as_bytes();
  append_number(bytes, impression.subject.is_customer, 1);
  append_number(bytes, impression.variant, 1);
  append_number(bytes, static_cast<std::uint64_t>(to_unix_ms(impression.answered_at)), 8);
  append_number(bytes, impression.nonce, 8);
  const auto count = std::min(impression.products.size(), max_impression_products);
  append_number(bytes, count, 1);
  for (const auto& product : std::span{impression.products}.first(count)) {
    const auto team = static_cast<std::uint32_t>(product.team);
    append_number(bytes, (product.mark & mark_mask) | (team << mark_bits), product_bytes);
  }
  append_number(bytes, sip_hash(key, bytes), seal_bytes);
  return base64url_encode(bytes);
}

std::optional<SealedImpression> SealedImpression::parse(std::string_view text) {
  if (text.size() > max_sealed_length) return std::nullopt;
  auto bytes = base64url_decode(text);
  if (!bytes || bytes->size() < head_bytes + seal_bytes || bytes->front() != version) return std::nullopt;
  SealedImpression sealed;
  auto& impression = sealed.impression_;
  std::string_view rest{*bytes};
  rest.remove_prefix(1);
  impression.experiment = {take_id(rest)};
  impression.subject.id = take_id(rest);
  impression.subject.is_customer = take_number(rest, 1) != 0;
  impression.variant = take_number(rest, 1);
  impression.answered_at = from_unix_ms(static_cast<std::int64_t>(take_number(rest, 8)));
  impression.nonce = take_number(rest, 8);
  const auto count = take_number(rest, 1);
  if (count > max_impression_products || rest.size() != count * product_bytes + seal_bytes)
    return std::nullopt;
  for (std::size_t i = 0; i < count; ++i) {
    const auto packed = static_cast<std::uint32_t>(take_number(rest, product_bytes));
    const auto team = packed >> mark_bits;
    if (team > static_cast<std::uint32_t>(Team::none)) return std::nullopt;
    impression.products.push_back({packed & mark_mask, static_cast<Team>(team)});
  }
  sealed.bytes_ = *std::move(bytes);
  return sealed;
}

std::optional<Impression> SealedImpression::open(const SipKey& key) const {
  const auto message = std::string_view{bytes_}.substr(0, bytes_.size() - seal_bytes);
  auto rest = std::string_view{bytes_}.substr(message.size());
  // Compared as one word: how long it takes says nothing of how far a guess is off.
  if (take_number(rest, seal_bytes) != sip_hash(key, message)) return std::nullopt;
  return impression_;
}

}  // namespace cloudcart::recommendation
