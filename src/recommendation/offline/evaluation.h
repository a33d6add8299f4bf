#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "core/result.h"
#include "recommendation/domain/model.h"
#include "recommendation/offline/metrics.h"
#include "recommendation/offline/protocol.h"

namespace cloudcart::recommendation::offline {

using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Which query is about each order to come, by its place; validation_failed when a query is about none of them,
/// or two are about the same.
Result<std::vector<std::optional<std::uint32_t>>> place_queries(std::span<const Query> queries,
                                                                const Purchases& future, const Words& words);

/// Learns the orders to come one by one, in their order; before each, `ask` is called with its place and may put
/// questions to a model that has learnt all earlier ones.
Status learn_stream(Model& model, const Purchases& future, const Crew& crew,
                    const std::function<Status(std::uint32_t place)>& ask);

struct Measurement {
  OfflineTask task;
  Algorithm algorithm;
  Figures figures;
  std::optional<Interval> interval;  ///< of NDCG@10, where resamples were asked for
};

/// Measures every task of the trial with each of `algorithms` that answers it; those of streams last, all in one
/// pass. Fails as check_answers() does, should the engine give what it may not.
/// With `lessons` the weights are these, and none are learnt.
Result<std::vector<Measurement>> evaluate(const Trial& trial, const Words& words,
                                          std::span<const Algorithm> algorithms, std::size_t resamples,
                                          const Crew& crew, const Progress& progress,
                                          const Lessons* lessons = nullptr);

}  // namespace cloudcart::recommendation::offline
