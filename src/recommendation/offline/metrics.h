#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "recommendation/offline/offline_task.h"
#include "recommendation/offline/word_index.h"

namespace cloudcart::recommendation::offline {

/// Of an answer, what counts.
constexpr std::size_t judged_ranks = 100;

/// The figures of one query, in the order of metric_names. With T the relevant items, a gain of 1 each:
/// Recall@k = |first k ∩ T| / |T|; NDCG@k = the sum of 1/log2(rank + 1) of the hits among the first k, divided
/// by that of the best order there is (Järvelin and Kekäläinen, TOIS 2002); HitRate@k = 1 when the first k have
/// a hit; MRR = 1/rank of the first hit, 0 without one.
using QueryFigures = std::array<double, 8>;
constexpr std::array<std::string_view, 8> metric_names{"Recall@10", "Recall@20",  "NDCG@10",    "HitRate@1",
                                                       "HitRate@5", "HitRate@10", "HitRate@20", "MRR"};
constexpr std::size_t ndcg_place = 2;

/// `ranked`: best first, no item twice; `relevant`: ascending, not empty.
QueryFigures judge(std::span<const std::uint32_t> ranked, std::span<const std::uint32_t> relevant);

struct Interval {
  double low = 0, high = 0;
};

struct Figures {
  std::size_t queries = 0;
  std::size_t answered = 0;                 ///< those with at least one item
  QueryFigures means{};                     ///< an unanswered query counts 0
  double coverage_10 = 0, coverage_20 = 0;  ///< distinct items among the first k of all answers / catalogue
};

/// Gathers the answers to one task.
class Scoreboard {
 public:
  explicit Scoreboard(std::size_t catalogue_size) : catalogue_size_(catalogue_size) {}

  void add(std::string_view query_id, std::span<const std::uint32_t> ranked,
           std::span<const std::uint32_t> relevant);
  Figures figures() const;
  /// 95 % of NDCG@10, by drawing as many queries as there are, with replacement, `resamples` times (Efron's
  /// percentile bootstrap). Chance is SHA-256 of "<resample>.<block>", so anybody gets the same interval.
  Interval interval(std::size_t resamples) const;

 private:
  struct Judged {
    std::string query_id;
    QueryFigures figures;
  };
  std::size_t catalogue_size_;
  std::size_t answered_ = 0;
  std::vector<Judged> judged_;
  std::vector<bool> seen_10_, seen_20_;
};

struct Answer {
  std::uint32_t item = 0;
  double score = 0;
  bool operator==(const Answer&) const = default;
};

/// Refuses an answer that would be cheating: validation_failed for an item twice, one that is not in the
/// catalogue, one of the query itself or of `forbidden` (ascending), and a score that is not finite.
Status check_answers(std::span<const Answer> answers, const Query& query, const Catalogue& catalogue,
                     std::span<const std::uint32_t> forbidden, const Words& words);

}  // namespace cloudcart::recommendation::offline
