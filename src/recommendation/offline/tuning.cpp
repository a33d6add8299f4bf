#include "recommendation/offline/tuning.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/json_writer.h"
#include "recommendation/domain/learning.h"

namespace cloudcart::recommendation::offline {
namespace {

constexpr double learnt_part = 0.85;

constexpr std::array basket_members{"orders_ease", "customers_ease", "similar_orders", "together"};
constexpr std::array page_members{"together", "customers_together", "orders_ease"};
constexpr std::array<std::string_view, next_features> next_names{
    "own.constant",        "own.profile",         "own.faded_profile", "own.sold_week",
    "own.sold_fortnight",  "own.sold_two_months", "own.sold",          "own.buyers",
    "own.breadth",         "own.times",           "own.faded_times",   "own.orders",
    "own.times_by_orders", "new.profile",         "new.faded_profile", "new.sold_week",
    "new.sold_fortnight",  "new.sold_two_months", "new.sold",          "new.sold_by_breadth"};
constexpr std::array<std::string_view, cold_features> cold_names{"first_orders", "sold_fortnight",
                                                                 "sold_two_months"};

template <std::size_t n>
void add_blend(const char* task, const std::array<const char*, n>& names, const BlendWeights<n>& before,
               const BlendWeights<n>& after, std::vector<TuneReport::Choice>& choices) {
  for (std::size_t m = 0; m < n; ++m)
    choices.push_back({fmt::format("{}.{}", task, names[m]), before.member[m], after.member[m]});
  choices.push_back({fmt::format("{}.availability", task), before.availability, after.availability});
  choices.push_back({fmt::format("{}.popularity", task), before.popularity, after.popularity});
}

template <std::size_t n>
void add_linear(const char* task, const std::array<std::string_view, n>& names,
                const std::array<float, n>& before, const std::array<float, n>& after,
                std::vector<TuneReport::Choice>& choices) {
  for (std::size_t f = 0; f < n; ++f)
    choices.push_back({fmt::format("{}.{}", task, names[f]), before[f], after[f]});
}

std::vector<TuneReport::Choice> choices_of(const Lessons& before, const Lessons& after) {
  std::vector<TuneReport::Choice> choices;
  add_blend("basket", basket_members, before.basket, after.basket, choices);
  add_blend("also", page_members, before.page, after.page, choices);
  choices.push_back({"new.availability", before.new_availability, after.new_availability});
  add_linear("next", next_names, before.next, after.next, choices);
  add_linear("cold", cold_names, before.cold, after.cold, choices);
  return choices;
}

/// The figures that the tasks are judged by.
std::vector<std::string_view> metrics_of(OfflineTask task) {
  switch (task) {
    case OfflineTask::basket:
      return {"HitRate@20", "MRR"};
    case OfflineTask::cold:
      return {"NDCG@10"};
    default:
      return {"Recall@20", "NDCG@10"};
  }
}

std::vector<TuneReport::Gain> gains_of(const std::vector<Measurement>& before,
                                       const std::vector<Measurement>& after) {
  std::vector<TuneReport::Gain> gains;
  for (std::size_t i = 0; i < before.size(); ++i)
    for (const auto metric : metrics_of(before[i].task)) {
      const auto place =
          static_cast<std::size_t>(std::ranges::find(metric_names, metric) - metric_names.begin());
      gains.push_back({.task = kind_of(before[i].task),
                       .metric = std::string{metric},
                       .queries = before[i].figures.queries,
                       .by_default = before[i].figures.means[place],
                       .chosen = after[i].figures.means[place]});
    }
  return gains;
}

}  // namespace

Result<TuneReport> tune_weights(const Purchases& history, Words& words, const Crew& crew,
                                const Progress& progress) {
  if (history.orders().empty()) return fail(ErrorCode::validation_failed, "The history has no orders.");
  const auto [first, last] = std::ranges::minmax(history.orders(), {}, &Purchases::Order::time);
  const auto cut =
      first.time + std::chrono::duration_cast<milliseconds>((last.time - first.time) * learnt_part);
  CLOUDCART_TRY(auto trial, make_trial(history, cut, std::nullopt, words));
  std::erase_if(trial.tasks, [](const TaskSet& set) { return is_stream(set.task); });
  const Lessons defaults;
  const auto learnt = learn_lessons(trial.train.book(), {}, crew);
  if (learnt.basket_questions + learnt.next_questions + learnt.cold_questions == 0)
    return fail(ErrorCode::validation_failed,
                "There are too few orders to learn weights from: the defaults stand.");
  constexpr std::array blend{Algorithm::blend};
  CLOUDCART_TRY(const auto before, evaluate(trial, words, blend, 0, crew, progress, &defaults));
  CLOUDCART_TRY(const auto after, evaluate(trial, words, blend, 0, crew, progress, &learnt));
  return TuneReport{.choices = choices_of(defaults, learnt), .gains = gains_of(before, after)};
}

std::string to_json(const TuneReport& report) {
  JsonWriter json;
  json.begin_object().key("weights").begin_object();
  for (const auto& [parameter, by_default, chosen] : report.choices) json.field(parameter, chosen);
  return std::move(json.end_object().end_object()).str();
}

std::string to_text(const TuneReport& report) {
  std::size_t width = std::string_view{"parameter"}.size();
  for (const auto& choice : report.choices) width = std::max(width, choice.parameter.size());
  auto text = fmt::format("{:<{}}{:>12}{:>12}\n", "parameter", width, "default", "chosen");
  for (const auto& [parameter, by_default, chosen] : report.choices)
    text += fmt::format("{:<{}}{:>12.4g}{:>12.4g}\n", parameter, width, by_default, chosen);
  text += fmt::format("\n{:<10}{:>9}  {:<12}{:>9}{:>9}{:>10}\n", "task", "queries", "metric", "default",
                      "chosen", "gain");
  for (const auto& gain : report.gains)
    text += fmt::format("{:<10}{:>9}  {:<12}{:>9.4f}{:>9.4f}{:>+10.4f}\n", to_string(gain.task), gain.queries,
                        gain.metric, gain.by_default, gain.chosen, gain.chosen - gain.by_default);
  return text;
}

}  // namespace cloudcart::recommendation::offline
