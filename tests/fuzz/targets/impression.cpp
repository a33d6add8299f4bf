// Impressions that clients give back: as they send them, and with any content under a good seal.
#include "recommendation/domain/impression.h"

#include "core/text.h"
#include "fuzz/fuzz_target.h"
#include "recommendation/domain/sip_hash.h"

using namespace cloudcart;
using namespace cloudcart::recommendation;
using fuzz::require;

namespace {

constexpr SipKey key{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

std::string sealed(std::string bytes) {
  const auto seal = sip_hash(key, bytes);
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(seal >> (8 * i));
  return base64url_encode(bytes);
}

}  // namespace

FUZZ_TARGET(impression) {
  if (const auto strange = SealedImpression::parse(input))
    require(!strange->open(key), "nobody guesses a seal");
  const auto text = sealed(std::string{input});
  const auto parsed = SealedImpression::parse(text);
  if (!parsed) return;
  require(text.size() <= max_sealed_length, "impressions have a bound");
  const auto opened = parsed->open(key);
  require(opened.has_value(), "what was sealed opens");
  require(opened->products.size() <= max_impression_products, "so do their products");
  require(!parsed->open(SipKey{}), "and with no other key");
  const auto again = SealedImpression::parse(seal(*opened, key));
  require(again && again->open(key) == opened, "an impression is sealed as it was opened");
}
