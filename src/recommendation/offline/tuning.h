#pragma once

#include <functional>
#include <string>
#include <vector>

#include "recommendation/domain/order_book.h"
#include "recommendation/domain/question.h"
#include "recommendation/offline/evaluation.h"

namespace cloudcart::recommendation::offline {

/// What a shop's own history says about the parameters of the engine.
struct TuneReport {
  struct Choice {
    std::string parameter;  ///< as the engine names it
    double by_default = 0;
    double chosen = 0;
  };
  /// Measured on orders that were held back: neither learnt nor used to choose.
  struct Gain {
    TaskKind task = TaskKind::next_order;
    std::string metric;  ///< one of metric_names
    std::size_t queries = 0;
    double by_default = 0;
    double chosen = 0;
  };
  std::vector<Choice> choices;
  std::vector<Gain> gains;
};

/// Chooses parameters by a history alone, holding back its newest part; numbers in `words` change.
using Tuner =
    std::function<Result<TuneReport>(const Purchases& history, Words& words, const Progress& progress)>;

/// Learns the weights from the first 85 % of the history's time, as a serving process does from all of it, and measures
/// on the rest what they gain over the defaults. validation_failed when there are too few orders for it.
Result<TuneReport> tune_weights(const Purchases& history, Words& words, const Crew& crew,
                                const Progress& progress);

/// {"weights":{parameter:value,…}}, to be kept and compared. Serving processes learn their own.
std::string to_json(const TuneReport& report);
/// For people: each parameter, each gain.
std::string to_text(const TuneReport& report);

}  // namespace cloudcart::recommendation::offline
