#include "recommendation/offline/metrics.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/sha256.h"
#include "recommendation/domain/ranking_gain.h"

namespace cloudcart::recommendation::offline {
namespace {

/// Adds without losing what is small beside the sum (Neumaier 1974).
class Sum {
 public:
  void add(double value) {
    const double sum = sum_ + value;
    lost_ += std::abs(sum_) >= std::abs(value) ? (sum_ - sum) + value : (value - sum) + sum_;
    sum_ = sum;
  }
  double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0, lost_ = 0;
};

/// The share of the items 0, 1, … that `is_seen` has.
double share(const std::vector<bool>& is_seen, std::size_t of) {
  const auto count = std::ranges::count(is_seen, true);
  return of == 0 ? 0 : static_cast<double>(count) / static_cast<double>(of);
}

void mark(std::vector<bool>& is_seen, std::span<const std::uint32_t> items) {
  for (const auto item : items) {
    if (item >= is_seen.size()) is_seen.resize(std::max<std::size_t>(item + 1, is_seen.size() * 2));
    is_seen[item] = true;
  }
}

/// The numbers of one resample: 32 bits each, big end first, eight to a block.
class Draws {
 public:
  explicit Draws(std::size_t resample) : resample_(resample) {}

  std::uint32_t next() {
    if (at_ == block_.size()) {
      block_ = sha256(fmt::format("{}.{}", resample_, blocks_++));
      at_ = 0;
    }
    std::uint32_t number = 0;
    for (int byte = 0; byte < 4; ++byte) number = number << 8 | block_[at_++];
    return number;
  }

 private:
  std::size_t resample_;
  std::size_t blocks_ = 0;
  Sha256Digest block_{};
  std::size_t at_ = block_.size();
};

}  // namespace

QueryFigures judge(std::span<const std::uint32_t> ranked, std::span<const std::uint32_t> relevant) {
  std::size_t hits_10 = 0, hits_20 = 0, first_hit = judged_ranks;
  double gain = 0;
  for (std::size_t rank = 0; rank < std::min(ranked.size(), judged_ranks); ++rank) {
    if (!std::ranges::binary_search(relevant, ranked[rank])) continue;
    first_hit = std::min(first_hit, rank);
    if (rank < 20) ++hits_20;
    if (rank >= 10) continue;
    ++hits_10;
    gain += discount(rank);
  }
  const auto size = static_cast<double>(relevant.size());
  const auto hit_within = [&](std::size_t ranks) { return first_hit < ranks ? 1.0 : 0.0; };
  return {static_cast<double>(hits_10) / size,
          static_cast<double>(hits_20) / size,
          gain / ideal_gain(relevant.size(), 10),
          hit_within(1),
          hit_within(5),
          hit_within(10),
          hit_within(20),
          first_hit < judged_ranks ? 1 / static_cast<double>(first_hit + 1) : 0.0};
}

void Scoreboard::add(std::string_view query_id, std::span<const std::uint32_t> ranked,
                     std::span<const std::uint32_t> relevant) {
  judged_.push_back({std::string{query_id}, judge(ranked, relevant)});
  if (!ranked.empty()) ++answered_;
  mark(seen_10_, ranked.first(std::min<std::size_t>(ranked.size(), 10)));
  mark(seen_20_, ranked.first(std::min<std::size_t>(ranked.size(), 20)));
}

Figures Scoreboard::figures() const {
  Figures figures{.queries = judged_.size(), .answered = answered_};
  for (std::size_t metric = 0; metric < metric_names.size(); ++metric) {
    Sum sum;
    for (const auto& judged : judged_) sum.add(judged.figures[metric]);
    if (!judged_.empty()) figures.means[metric] = sum.value() / static_cast<double>(judged_.size());
  }
  figures.coverage_10 = share(seen_10_, catalogue_size_);
  figures.coverage_20 = share(seen_20_, catalogue_size_);
  return figures;
}

Interval Scoreboard::interval(std::size_t resamples) const {
  if (judged_.empty() || resamples == 0) return {};
  std::vector<std::pair<std::string_view, double>> by_query;
  by_query.reserve(judged_.size());
  for (const auto& judged : judged_) by_query.emplace_back(judged.query_id, judged.figures[ndcg_place]);
  std::ranges::sort(by_query);
  std::vector<double> means;
  means.reserve(resamples);
  for (std::size_t resample = 0; resample < resamples; ++resample) {
    Draws draws(resample);
    double sum = 0;
    for (std::size_t i = 0; i < by_query.size(); ++i) sum += by_query[draws.next() % by_query.size()].second;
    means.push_back(sum / static_cast<double>(by_query.size()));
  }
  std::ranges::sort(means);
  const auto low = static_cast<std::size_t>(.025 * static_cast<double>(resamples));
  const auto high = static_cast<std::size_t>(.975 * static_cast<double>(resamples));
  return {means[low], means[std::max<std::size_t>(high, 1) - 1]};
}

Status check_answers(std::span<const Answer> answers, const Query& query, const Catalogue& catalogue,
                     std::span<const std::uint32_t> forbidden, const Words& words) {
  std::vector<std::uint32_t> given;
  for (const auto& [item, score] : answers) {
    const auto refuse = [&, answered = item](std::string_view why) {
      return fail(ErrorCode::validation_failed,
                  fmt::format("The answer to {} has \"{}\", {}.", query.id, words.items[answered], why));
    };
    if (!catalogue.has(item)) return refuse("which is not in the catalogue");
    if (std::ranges::find(query.items, item) != query.items.end())
      return refuse("which the query itself has");
    if (std::ranges::binary_search(forbidden, item)) return refuse("which the customer had bought before");
    if (!std::isfinite(score)) return refuse("with a score that is not finite");
    given.push_back(item);
  }
  std::ranges::sort(given);
  if (const auto twice = std::ranges::adjacent_find(given); twice != given.end())
    return fail(ErrorCode::validation_failed,
                fmt::format("The answer to {} has \"{}\" twice.", query.id, words.items[*twice]));
  return {};
}

}  // namespace cloudcart::recommendation::offline
