#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "events/order_event.h"
#include "recommendation/domain/model.h"

namespace cloudcart::recommendation {

/// What is foretold of an order before the model learns from it.
enum class QualityTask : std::uint8_t {
  next,    ///< the order's products, from who placed it
  basket,  ///< one of its products, from the others
};
constexpr std::array all_quality_tasks{QualityTask::next, QualityTask::basket};
std::string_view to_string(QualityTask task);
std::optional<QualityTask> parse_quality_task(std::string_view word);

/// So many products are recommended; what stands further down is not seen.
constexpr std::size_t quality_cut = 10;

/// Sums over cases, of the shop's model and of the plain list of best sellers on the very same cases.
struct QualityTally {
  std::int64_t cases = 0;
  std::int64_t hits = 0;  ///< cases with at least one right product among the first quality_cut
  double gain = 0;        ///< sum of NDCG@quality_cut
  std::int64_t baseline_hits = 0;
  double baseline_gain = 0;
  std::int64_t discordant = 0;  ///< cases that one of the two hit and the other did not

  void add(const QualityTally& other);
  bool operator==(const QualityTally&) const = default;
};

/// What the model is better by than the best sellers, in hit rate, with the interval that holds the truth 95 of 100 times
/// (paired differences, normal approximation).
struct QualityLift {
  double difference = 0, low = 0, high = 0;
};
/// Of at least one case.
QualityLift lift_of(const QualityTally& tally);

struct Examined {
  QualityTask task;
  QualityTally tally;  ///< of one case
};

/// Puts an order to a model that has not learnt it yet: test, then train, so that nothing is foretold that is known (A. P.
/// Dawid, "Statistical theory: the prequential approach", J. R. Stat. Soc. A 1984; J. Gama, R. Sebastião, P. P. Rodrigues,
/// "On evaluating stream learning algorithms", Machine Learning 2013). `best_sellers` are the shop's, best first, with at
/// least quality_cut beyond the lines of an order. Stock is not looked at: what was sold could be bought.
/// A basket has one of its products hidden, which one follows from the order's id; an order of one product is none.
std::vector<Examined> examine(const Model& model, std::span<const ProductId> best_sellers,
                              const events::OrderEvent& order);

}  // namespace cloudcart::recommendation
