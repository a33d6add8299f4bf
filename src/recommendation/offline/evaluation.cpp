#include "recommendation/offline/evaluation.h"

#include <fmt/format.h>

#include "recommendation/offline/answering.h"

namespace cloudcart::recommendation::offline {
namespace {

using Places = std::vector<std::optional<std::uint32_t>>;

/// One task and the algorithms that answer it.
class Contest {
 public:
  Contest(const Trial& trial, const TaskSet& set, const Words& words, const Model& model,
          std::span<const Algorithm> algorithms)
      : set_(set),
        words_(words),
        catalogue_(is_stream(set.task) ? trial.stream_catalogue : trial.catalogue),
        answerer_(model, catalogue_, words.items.size(), judged_ranks) {
    for (const auto algorithm : algorithms)
      if (answers(algorithm, kind_of(set.task)))
        entrants_.push_back({algorithm, Scoreboard(catalogue_.size())});
  }

  const TaskSet& set() const { return set_; }
  std::uint64_t questions() const { return set_.queries.size() * entrants_.size(); }

  /// Puts one query to everybody. Answers how many questions that were.
  Result<std::uint64_t> ask(std::uint32_t query_index, const BoughtItems& bought) {
    const auto& query = set_.queries[query_index];
    const auto forbidden =
        set_.task == OfflineTask::new_items ? bought.of(query.customer) : std::vector<std::uint32_t>{};
    for (auto& [algorithm, board] : entrants_) {
      const auto given = answerer_(query, set_.task, algorithm, forbidden);
      CLOUDCART_CHECK(check_answers(given, query, catalogue_, forbidden, words_));
      std::vector<std::uint32_t> ranked;
      ranked.reserve(given.size());
      for (const auto& answer : given) ranked.push_back(answer.item);
      board.add(query.id, ranked, set_.truth[query_index]);
    }
    return entrants_.size();
  }

  void report(std::size_t resamples, std::vector<Measurement>& measured) const {
    for (const auto& [algorithm, board] : entrants_) {
      auto& row = measured.emplace_back(Measurement{set_.task, algorithm, board.figures(), {}});
      if (resamples > 0) row.interval = board.interval(resamples);
    }
  }

 private:
  struct Entrant {
    Algorithm algorithm;
    Scoreboard board;
  };

  const TaskSet& set_;
  const Words& words_;
  const Catalogue& catalogue_;
  Answerer answerer_;
  std::vector<Entrant> entrants_;
};

/// Counts questions for the progress of all contests together.
class Meter {
 public:
  Meter(std::span<const Contest> contests, const Progress& progress) : progress_(progress) {
    for (const auto& contest : contests) total_ += contest.questions();
  }
  void add(std::uint64_t questions) { progress_(done_ += questions, total_); }

 private:
  const Progress& progress_;
  std::uint64_t done_ = 0, total_ = 0;
};

Status run_stream(Model& model, const Trial& trial, const Words& words, std::span<Contest> contests,
                  const BoughtItems& bought, const Crew& crew, Meter& meter) {
  std::vector<std::pair<Contest*, Places>> streams;
  for (auto& contest : contests) {
    if (!is_stream(contest.set().task)) continue;
    CLOUDCART_TRY(auto places, place_queries(contest.set().queries, trial.future, words));
    streams.emplace_back(&contest, std::move(places));
  }
  if (streams.empty()) return {};
  return learn_stream(model, trial.future, crew, [&](std::uint32_t place) -> Status {
    for (auto& [contest, places] : streams) {
      if (!places[place]) continue;
      CLOUDCART_TRY(const auto questions, contest->ask(*places[place], bought));
      meter.add(questions);
    }
    return {};
  });
}

}  // namespace

Result<Places> place_queries(std::span<const Query> queries, const Purchases& future, const Words& words) {
  constexpr auto none = UINT32_MAX;
  std::vector<std::uint32_t> place_of(words.orders.size(), none);
  const auto orders = future.orders();
  for (std::uint32_t place = 0; place < orders.size(); ++place) place_of[orders[place].number] = place;
  Places queries_at(orders.size());
  for (std::uint32_t i = 0; i < queries.size(); ++i) {
    const auto order = words.orders.find(std::string_view{queries[i].id}.substr(1));
    if (!order || place_of[*order] == none)
      return fail(
          ErrorCode::validation_failed,
          fmt::format("The query \"{}\" is about no order of the stream: its id must be a letter and the "
                      "order_id.",
                      queries[i].id));
    auto& query_at = queries_at[place_of[*order]];
    if (query_at)
      return fail(ErrorCode::validation_failed,
                  fmt::format("The queries \"{}\" and \"{}\" are about the same order.",
                              queries[*query_at].id, queries[i].id));
    query_at = i;
  }
  return queries_at;
}

Status learn_stream(Model& model, const Purchases& future, const Crew& crew,
                    const std::function<Status(std::uint32_t place)>& ask) {
  Refresher refresher(model, crew);
  const auto orders = future.orders();
  for (std::uint32_t place = 0; place < orders.size(); ++place) {
    CLOUDCART_CHECK(ask(place));
    model.apply(future.event_of(orders[place]));
    refresher.keep_fresh();
  }
  return {};
}

Result<std::vector<Measurement>> evaluate(const Trial& trial, const Words& words,
                                          std::span<const Algorithm> algorithms, std::size_t resamples,
                                          const Crew& crew, const Progress& progress,
                                          const Lessons* lessons) {
  const bool neural = std::ranges::find(algorithms, Algorithm::neural) != algorithms.end();
  Model model(trial.train.book(), {.neural = neural}, crew);
  if (lessons) model.adopt(*lessons);
  model.refresh(lessons ? Model::Refresh::regressions : Model::Refresh::regressions_and_weights, crew);
  const BoughtItems bought(trial.train);
  std::vector<Contest> contests;
  contests.reserve(trial.tasks.size());
  for (const auto& set : trial.tasks) contests.emplace_back(trial, set, words, model, algorithms);
  Meter meter(contests, progress);
  for (auto& contest : contests) {
    if (is_stream(contest.set().task)) continue;
    for (std::uint32_t query = 0; query < contest.set().queries.size(); ++query) {
      CLOUDCART_TRY(const auto questions, contest.ask(query, bought));
      meter.add(questions);
    }
  }
  CLOUDCART_CHECK(run_stream(model, trial, words, contests, bought, crew, meter));
  std::vector<Measurement> measured;
  for (const auto& contest : contests) contest.report(resamples, measured);
  return measured;
}

}  // namespace cloudcart::recommendation::offline
