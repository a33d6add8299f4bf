#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recommendation/domain/experiment.h"
#include "recommendation/domain/interleaving.h"

namespace cloudcart::recommendation {

/// More products than this are not in an impression; no answer has more.
constexpr std::size_t max_impression_products = 100;

/// A product as an impression remembers it: 30 bits of a hash of its id, enough to tell the products of one
/// list apart.
struct ShownProduct {
  std::uint32_t mark = 0;
  Team team = Team::none;
  bool operator==(const ShownProduct&) const = default;

  static std::uint32_t mark_of(const ProductId& product);
};

/// One answer that is part of an experiment: to whom, when, which products. The client gets it sealed, and
/// gives it back with what the subject did; so nobody can report what was never answered, or choose a variant,
/// and nothing need be stored until somebody has seen the answer.
struct Impression {
  ExperimentId experiment;
  Subject subject;
  std::size_t variant = 0;
  Timestamp answered_at;
  std::uint64_t nonce = 0;  ///< tells impressions of one moment apart
  std::vector<ShownProduct> products;
  bool operator==(const Impression&) const = default;

  /// Where in the list `product` is.
  std::optional<std::size_t> place_of(const ProductId& product) const;
};

/// An impression as clients see it: base64url of its bytes and of a SipHash of them under the experiment's own
/// key. About 80 characters and 5⅓ for each product; opaque.
std::string seal(const Impression& impression, const SipKey& key);
/// The longest that seal() answers.
constexpr std::size_t max_sealed_length = 640;

/// A sealed impression before its seal is checked: it says which experiment's key to check it with.
class SealedImpression {
 public:
  /// Empty for what seal() cannot have made.
  static std::optional<SealedImpression> parse(std::string_view text);

  const ExperimentId& experiment() const { return impression_.experiment; }
  /// Empty when it was not sealed with this key.
  std::optional<Impression> open(const SipKey& key) const;

 private:
  Impression impression_;
  std::string bytes_;
};

}  // namespace cloudcart::recommendation
