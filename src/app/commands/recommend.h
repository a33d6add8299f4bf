#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "app/config/config.h"
#include "core/timestamp.h"
#include "recommendation/domain/question.h"
#include "recommendation/offline/offline_task.h"
#include "recommendation/offline/tuning.h"
#include "runtime/parallel.h"

namespace cloudcart::app {

/// All the machine's threads: offline, somebody waits for the result.
inline void offline_crew(const std::function<void()>& work) {
  run_on_threads(hardware_threads(), work);
}

struct RecommendBatchCommand {
  std::filesystem::path train, queries, catalogue, out;
  std::optional<std::filesystem::path> stream;  ///< the orders to come, for the tasks of streams
  recommendation::offline::OfflineTask task = recommendation::offline::OfflineTask::next;
  recommendation::Algorithm algorithm = recommendation::Algorithm::blend;
  std::size_t k = 100;
};
/// Answers a file of queries with the engine that serves.
int recommend_batch(const RecommendBatchCommand& options);

struct RecommendEvaluateCommand {
  std::optional<std::filesystem::path> data;   ///< a folder with both parts and the tasks
  std::optional<std::filesystem::path> train;  ///< or one file, which is cut
  std::optional<Config> shop;                  ///< or a shop's own event log, likewise
  std::optional<Timestamp> cut, until;
  std::optional<std::filesystem::path> save;                ///< write the tasks made of the file
  std::vector<recommendation::offline::OfflineTask> tasks;  ///< empty: all
  std::vector<recommendation::Algorithm> algorithms;        ///< empty: all but the neural one
  std::size_t resamples = 0;
  bool json = false;
};
/// Measures how well each algorithm foretells what was bought.
int recommend_evaluate(const RecommendEvaluateCommand& options);

struct RecommendTuneCommand {
  std::filesystem::path train;
  std::optional<std::filesystem::path> out;  ///< where what was chosen goes, as JSON
};
/// Chooses the engine's parameters by a shop's own history, and shows what that gains.
int recommend_tune(const RecommendTuneCommand& options, const recommendation::offline::Tuner& tuner);

}  // namespace cloudcart::app
