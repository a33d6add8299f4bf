#pragma once

#include <functional>
#include <optional>

#include "events/order_event.h"
#include "recommendation/domain/experiment_report.h"
#include "recommendation/domain/interleaving.h"

namespace cloudcart::recommendation {

/// Order lines of products that had been clicked.
struct Bought {
  std::int64_t lines = 0;
  Money revenue;
  bool operator==(const Bought&) const = default;
};

struct ClickedProduct {
  Team team = Team::none;
  Timestamp at;  ///< the last time
  bool operator==(const ClickedProduct&) const = default;
};

/// What an order adds to its customer's sums, as it was when the order came; a cancellation takes back just that.
struct CountedOrder {
  Money revenue;
  Bought clicked;        ///< of products that were clicked
  Bought first, second;  ///< of either variant's, when interleaving
  bool operator==(const CountedOrder&) const = default;
};

using FindClicked = std::function<std::optional<ClickedProduct>(const ProductId&)>;
CountedOrder count_order(const events::OrderEvent& order, std::chrono::days window,
                         const FindClicked& clicked);

/// Everything that is kept of one subject of an experiment.
struct SubjectSums {
  std::size_t variant = 0;
  Timestamp first_seen_at;
  std::int64_t impressions = 0;
  std::int64_t orders = 0;
  Money revenue;
  std::int64_t clicks = 0, first_clicks = 0, second_clicks = 0;
  Bought bought, first_bought, second_bought;
  /// Whose the first click was, and the first line of a clicked product, that anyone is credited with. They stay
  /// as they are, so that a preference, once it is counted, does not change.
  std::optional<Team> preferred_click, preferred_buy;
  bool operator==(const SubjectSums&) const = default;

  /// Whether an order of that moment counts.
  bool attributes(Timestamp order_at, std::chrono::days window) const;
  void click(Team team);
  void add(const CountedOrder& order);
  /// Of a preference by purchases that rests on nothing any more, what is left decides.
  void take_back(const CountedOrder& order);
};

void add(VariantTally& tally, const SubjectSums& sums, bool is_customer);

}  // namespace cloudcart::recommendation
