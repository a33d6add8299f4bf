#include <algorithm>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/order_log.h"
#include "app/commands/print_error.h"
#include "app/commands/progress_line.h"
#include "app/commands/read_shop_history.h"
#include "app/commands/recommend.h"
#include "app/offline/task_files.h"
#include "core/json_writer.h"
#include "recommendation/offline/evaluation.h"

namespace cloudcart::app {
namespace {

using namespace recommendation::offline;
using recommendation::Algorithm;

/// `folder`/`name`, compressed or plain; nullopt when there is none.
std::optional<std::filesystem::path> find_file(const std::filesystem::path& folder, const std::string& name) {
  for (const std::string_view suffix : {".gz", ".zst", ""})
    if (auto path = folder / (name + std::string{suffix}); std::filesystem::exists(path)) return path;
  return std::nullopt;
}

Result<std::filesystem::path> need_file(const std::filesystem::path& folder, const std::string& name) {
  if (auto path = find_file(folder, name)) return *std::move(path);
  return fail(ErrorCode::not_found, fmt::format("{} has no {} (plain, .gz or .zst).", folder.string(), name));
}

bool is_wanted(const RecommendEvaluateCommand& options, OfflineTask task) {
  return options.tasks.empty() || std::ranges::find(options.tasks, task) != options.tasks.end();
}

Status read_tasks(const RecommendEvaluateCommand& options, Trial& trial, Words& words) {
  for (const auto task : all_offline_tasks) {
    const auto name = std::string{to_string(task)};
    const auto queries = find_file(*options.data, name + ".queries.tsv");
    if (!queries || !is_wanted(options, task)) continue;
    CLOUDCART_TRY(const auto truth, need_file(*options.data, name + ".truth.tsv"));
    CLOUDCART_TRY(auto set, read_task(*queries, truth, task, words));
    if (!set.queries.empty()) trial.tasks.push_back(std::move(set));
  }
  if (trial.tasks.empty())
    return fail(
        ErrorCode::not_found,
        fmt::format(
            "{} has no queries of the tasks that are asked for; they are named as next.queries.tsv.gz "
            "and next.truth.tsv.gz.",
            options.data->string()));
  return {};
}

/// The catalogues come first, the larger one before the other, so that equal scores stand in their order.
Result<Trial> read_trial(const RecommendEvaluateCommand& options, Words& words, ProgressLine& line) {
  const auto& folder = *options.data;
  const bool has_stream = std::ranges::any_of(all_offline_tasks, [&](OfflineTask task) {
    return is_stream(task) && is_wanted(options, task) &&
           find_file(folder, fmt::format("{}.queries.tsv", to_string(task)));
  });
  Trial trial;
  if (has_stream) {
    CLOUDCART_TRY(const auto stream_catalogue, need_file(folder, "catalogue_stream.txt"));
    CLOUDCART_TRY(trial.stream_catalogue, read_catalogue(stream_catalogue, words));
  }
  CLOUDCART_TRY(const auto catalogue, need_file(folder, "catalogue.txt"));
  CLOUDCART_TRY(trial.catalogue, read_catalogue(catalogue, words));
  CLOUDCART_TRY(const auto train, need_file(folder, "train.csv"));
  CLOUDCART_TRY(trial.train, read_shop_history(train, words, line));
  if (has_stream) {
    CLOUDCART_TRY(const auto future, need_file(folder, "future.csv"));
    CLOUDCART_TRY(trial.future, read_shop_history(future, words, line));
    CLOUDCART_CHECK(check_apart(trial.train, trial.future, words));
  }
  CLOUDCART_CHECK(read_tasks(options, trial, words));
  return trial;
}

Status save(const Trial& trial, const Words& words, const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed)
    return fail(ErrorCode::unavailable,
                fmt::format("{} cannot be made: {}.", folder.string(), failed.message()));
  for (const auto& set : trial.tasks) CLOUDCART_CHECK(write_task(folder, set, words));
  CLOUDCART_CHECK(write_catalogue(folder / "catalogue.txt", trial.catalogue, words));
  return write_catalogue(folder / "catalogue_stream.txt", trial.stream_catalogue, words);
}

Result<Trial> cut_history(const RecommendEvaluateCommand& options, Words& words, ProgressLine& line) {
  CLOUDCART_TRY(const auto history, options.shop ? read_shop_log(*options.shop, words, line)
                                                 : read_shop_history(*options.train, words, line));
  line.show("cutting", 0, 1);
  CLOUDCART_TRY(auto trial, make_trial(history, *options.cut, options.until, words));
  std::erase_if(trial.tasks, [&](const TaskSet& set) { return !is_wanted(options, set.task); });
  if (trial.tasks.empty())
    return fail(ErrorCode::validation_failed,
                "After the cut nothing happens that the tasks could ask for; move --cut.");
  if (options.save) CLOUDCART_CHECK(save(trial, words, *options.save));
  return trial;
}

struct Evaluated {
  std::size_t orders = 0, lines = 0, products = 0, orders_to_come = 0;
  std::vector<Measurement> measured;
};

Result<Evaluated> measure(const RecommendEvaluateCommand& options) {
  ProgressLine line;
  Words words;
  CLOUDCART_TRY(const auto trial,
                options.data ? read_trial(options, words, line) : cut_history(options, words, line));
  std::vector<Algorithm> everybody(recommendation::all_algorithms.begin(),
                                   recommendation::all_algorithms.end());
  std::erase(everybody, Algorithm::neural);  // takes long to train: for those who ask for it
  line.show("learning", 0, 1);
  const auto show = [&](std::uint64_t done, std::uint64_t total) { line.show("answering", done, total); };
  CLOUDCART_TRY(auto measured,
                evaluate(trial, words, options.algorithms.empty() ? everybody : options.algorithms,
                         options.resamples, offline_crew, show));
  if (measured.empty())
    return fail(ErrorCode::validation_failed, "None of the algorithms asked for answers one of the tasks.");
  return Evaluated{.orders = trial.train.orders().size(),
                   .lines = trial.train.line_count(),
                   .products = trial.catalogue.size(),
                   .orders_to_come = trial.future.orders().size(),
                   .measured = std::move(measured)};
}

void write_row(JsonWriter& json, const Measurement& row) {
  const auto number = [&](std::string_view name, double value, int digits = 6) {
    json.key(name).raw(fmt::format("{:.{}f}", value, digits));
  };
  json.begin_object().field("task", to_string(row.task)).field("algorithm", to_string(row.algorithm));
  json.field("queries", std::uint64_t{row.figures.queries})
      .field("answered", std::uint64_t{row.figures.answered});
  for (std::size_t i = 0; i < metric_names.size(); ++i) number(metric_names[i], row.figures.means[i]);
  number("Coverage@10", row.figures.coverage_10);
  number("Coverage@20", row.figures.coverage_20);
  if (row.interval)
    json.key("NDCG@10_ci95").raw(fmt::format("[{:.5f},{:.5f}]", row.interval->low, row.interval->high));
  json.end_object();
}

std::string to_json(const Evaluated& evaluated) {
  JsonWriter json;
  json.begin_object().key("train").begin_object();
  json.field("orders", std::uint64_t{evaluated.orders}).field("lines", std::uint64_t{evaluated.lines});
  json.field("products", std::uint64_t{evaluated.products}).end_object();
  json.key("results").begin_array();
  for (const auto& row : evaluated.measured) write_row(json, row);
  return std::move(json.end_array().end_object()).str();
}

std::string to_text(const Evaluated& evaluated) {
  auto text = fmt::format("Learnt {} orders, {} lines, {} products.\n", evaluated.orders, evaluated.lines,
                          evaluated.products);
  std::optional<OfflineTask> task;
  for (const auto& row : evaluated.measured) {
    if (task != row.task) {
      text += fmt::format("\n{:<20}{:>9}", fmt::format("{} ({})", to_string(row.task), row.figures.queries),
                          "answered");
      for (const auto name : metric_names) text += fmt::format("{:>11}", name);
      text += fmt::format("{:>12}{:>12}{}\n", "Coverage@10", "Coverage@20",
                          row.interval ? "  NDCG@10, 95 %" : "");
    }
    task = row.task;
    text += fmt::format("  {:<18}{:>9}", to_string(row.algorithm), row.figures.answered);
    for (const auto mean : row.figures.means) text += fmt::format("{:>11.4f}", mean);
    text += fmt::format("{:>12.4f}{:>12.4f}", row.figures.coverage_10, row.figures.coverage_20);
    if (row.interval) text += fmt::format("  {:.4f} to {:.4f}", row.interval->low, row.interval->high);
    text += '\n';
  }
  return text;
}

}  // namespace

int recommend_evaluate(const RecommendEvaluateCommand& options) {
  if (options.shop && !has_orders(*options.shop)) return exit_unusable;
  const auto evaluated = measure(options);
  if (!evaluated) {
    print_error(evaluated.error());
    return exit_failed;
  }
  fmt::print("{}", options.json ? to_json(*evaluated) + "\n" : to_text(*evaluated));
  return exit_ok;
}

}  // namespace cloudcart::app
