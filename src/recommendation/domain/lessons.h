#pragma once

#include <array>
#include <cstdint>

namespace cloudcart::recommendation {

/// How the members' votes on a basket, or on a product's page, make one score: each member's value is divided by
/// its largest one among the candidates, and
///   score = (sum of weight · value) · availability^exponent · (orders + 1)^-popularity,
/// with availability = (orders faded by 15 days + 0.1) / (orders + 10).
template <std::size_t members>
struct BlendWeights {
  std::array<float, members> member{};
  float availability = 0;
  float popularity = 0;
  bool operator==(const BlendWeights&) const = default;
};

enum class BasketMember : std::uint8_t { orders_ease, customers_ease, similar_orders, together };
enum class PageMember : std::uint8_t { together, customers_together, orders_ease };

/// What is seen of a product that is a candidate for a customer's next order; those of products bought before have
/// weights of their own. All are logarithms but the constant.
enum class OwnFeature : std::uint8_t {
  constant,
  profile,          ///< what the customer's products add by customers' ridge regression
  faded_profile,    ///< the same, with purchases that fade by 60 days
  sold_week,        ///< orders faded by 7 days
  sold_fortnight,   ///< by 15
  sold_two_months,  ///< by 60
  sold,             ///< all orders
  buyers,           ///< customers who bought it
  breadth,          ///< products that the customer bought
  times,            ///< how often the customer bought it
  faded_times,      ///< the same, faded by 60 days
  orders,           ///< of the customer
  times_by_orders,  ///< product of the two
  count
};
enum class NewFeature : std::uint8_t {
  profile,
  faded_profile,
  sold_week,
  sold_fortnight,
  sold_two_months,
  sold,
  sold_by_breadth,
  count
};
/// What newcomers buy, and everybody, lately.
enum class ColdFeature : std::uint8_t { first_orders, sold_fortnight, sold_two_months, count };

constexpr std::size_t own_features = static_cast<std::size_t>(OwnFeature::count);
constexpr std::size_t next_features = own_features + static_cast<std::size_t>(NewFeature::count);
constexpr std::size_t cold_features = static_cast<std::size_t>(ColdFeature::count);

/// The score of a candidate by weights that are linear in its features.
template <std::size_t n>
float weighted_sum(const std::array<float, n>& weights, const std::array<float, n>& features) {
  float sum = 0;
  for (std::size_t f = 0; f < n; ++f) sum += weights[f] * features[f];
  return sum;
}

/// What a shop's own history taught about how to answer. The defaults stand until there is enough of it.
struct Lessons {
  BlendWeights<4> basket{.member = {1.0F, 0.5F, 0.3F, 0.0F}};
  BlendWeights<3> page{.member = {1.0F, 0.2F, 0.0F}, .availability = 0.1F};
  /// Of new products for a customer: profile · availability^exponent.
  float new_availability = 0.75F;
  /// Linear in OwnFeature, then NewFeature.
  std::array<float, next_features> next = default_next();
  std::array<float, cold_features> cold{0.3F, 0.7F, 0.0F};
  std::uint32_t basket_questions = 0, page_questions = 0, new_questions = 0, next_questions = 0,
                cold_questions = 0;  ///< that each was learnt from; 0: the defaults stand

  /// What was bought before ranks by how often and how lately, above what is new.
  static constexpr std::array<float, next_features> default_next() {
    std::array<float, next_features> weights{};
    weights[static_cast<std::size_t>(OwnFeature::constant)] = 2;
    weights[static_cast<std::size_t>(OwnFeature::sold_fortnight)] = 0.3F;
    weights[static_cast<std::size_t>(OwnFeature::times)] = 1;
    weights[static_cast<std::size_t>(OwnFeature::faded_times)] = 0.5F;
    weights[own_features + static_cast<std::size_t>(NewFeature::profile)] = 1;
    weights[own_features + static_cast<std::size_t>(NewFeature::sold_fortnight)] = 0.75F;
    weights[own_features + static_cast<std::size_t>(NewFeature::sold)] = -0.75F;
    return weights;
  }
};

}  // namespace cloudcart::recommendation
