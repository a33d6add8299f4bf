#include "app/commands/recommend_command_line.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/commands/commands.h"
#include "app/commands/recommend.h"
#include "app/offline/purchase_file.h"
#include "app/operations/logging.h"

namespace cloudcart::app {
namespace {

using recommendation::Algorithm;
using recommendation::offline::OfflineTask;

template <class All>
std::vector<std::string> words_of(const All& all) {
  std::vector<std::string> words;
  for (const auto value : all) words.emplace_back(to_string(value));
  return words;
}

/// An option whose words are those of an enumeration.
template <class Enum, class All>
CLI::Option* add_choice(CLI::App& command, const std::string& name, const All& all,
                        const std::function<void(Enum)>& take, const std::string& help) {
  const auto gather = [&all, take](const std::vector<std::string>& words) {
    for (const auto& word : words)
      take(*std::ranges::find(all, word, [](Enum value) { return to_string(value); }));
    return true;
  };
  return command.add_option(name, CLI::callback_t(gather), help)->check(CLI::IsMember(words_of(all)));
}

void add_moment(CLI::App& command, const std::string& name, std::optional<Timestamp>& moment,
                const std::string& help) {
  const auto parse = [name, &moment](const std::vector<std::string>& values) {
    moment = parse_moment(values.front());
    if (!moment)
      throw CLI::ValidationError(
          name, fmt::format("is no moment: {}; write 2011-10-01 or \"2011-10-01 08:00:00\"", values.front()));
    return true;
  };
  command.add_option(name, CLI::callback_t(parse), help)->type_name("DATE");
}

/// The settings come from the environment, as everywhere; only the folder is named here.
void add_shop(CLI::App& command, std::optional<Config>& shop) {
  const auto load = [&shop](const std::vector<std::string>& values) {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry; ++entry) environment.emplace_back(*entry);
    auto config = load_config({}, environment, {{"data_dir", values.front()}});
    if (!config) throw CLI::ValidationError("--data-dir", config.error().message);
    set_up_logging(*config);
    shop = *std::move(config);
    return true;
  };
  command
      .add_option("--data-dir", CLI::callback_t(load),
                  "The data folder of a shop, served or not: its own orders")
      ->type_name("TEXT");
}

/// What the words alone cannot say; the reason, or nothing.
std::optional<std::string> mistake_in(const RecommendBatchCommand& options) {
  const bool streams = is_stream(options.task);
  if (streams != options.stream.has_value())
    return streams
               ? fmt::format("--task {} needs --stream, the file of the orders to come.",
                             to_string(options.task))
               : fmt::format("--stream goes with the tasks stream_basket and stream_next only, not with {}.",
                             to_string(options.task));
  if (answers(options.algorithm, kind_of(options.task))) return std::nullopt;
  std::vector<std::string> able;
  for (const auto algorithm : recommendation::all_algorithms)
    if (answers(algorithm, kind_of(options.task))) able.emplace_back(to_string(algorithm));
  return fmt::format("{} has no answer to {}; these have: {}.", to_string(options.algorithm),
                     to_string(options.task), fmt::join(able, ", "));
}

std::optional<std::string> mistake_in(const RecommendEvaluateCommand& options) {
  if (options.data.has_value() + options.train.has_value() + options.shop.has_value() != 1)
    return "Name one of --data, a folder with the tasks, --train, a history in a file, and --data-dir, a "
           "shop.";
  if (!options.data && !options.cut)
    return "--train and --data-dir need --cut: what is ordered from that moment on is to be foretold.";
  if (options.data && (options.cut || options.until || options.save))
    return "--cut, --until and --save go with --train and --data-dir; the tasks of --data are made already.";
  if (options.until && *options.until <= *options.cut) return "--until must be later than --cut.";
  return std::nullopt;
}

std::optional<std::string> mistake_in(const RecommendTuneCommand&) {
  return std::nullopt;
}

template <class Options, class Run>
void on_run(CLI::App& command, std::shared_ptr<Options> options, int& exit_code, Run run) {
  command.callback([options, &exit_code, run] {
    if (const auto mistake = mistake_in(*options)) {
      fmt::print(stderr, "cloudcart: {}\n", *mistake);
      exit_code = exit_unusable;
      return;
    }
    exit_code = run(*options);
  });
}

void add_batch(CLI::App& group, int& exit_code) {
  auto& command = *group.add_subcommand("batch", "Answer a file of queries, with the engine that serves");
  command.footer(
      "A train file is CSV, plain or compressed: order_id,user_id,ts,item_id,quantity. Queries are lines "
      "query_id <tab> query\nbelow a line that says so; a query is a user_id, or items separated by commas. "
      "The "
      "answer has lines\nquery_id <tab> rank <tab> item_id <tab> score, equal scores in order of the "
      "catalogue.\n"
      "Example: cloudcart recommend batch --train train.csv.gz --queries next.queries.tsv --task next \\\n"
      "           --catalogue catalogue.txt --k 100 --out run.tsv");
  auto options = std::make_shared<RecommendBatchCommand>();
  command.add_option("--train", options->train, "The orders to learn from")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_option("--queries", options->queries, "What is asked")->required()->check(CLI::ExistingFile);
  add_choice<OfflineTask>(
      command, "--task", recommendation::offline::all_offline_tasks,
      [options](auto task) { options->task = task; }, "What the queries are about")
      ->required();
  command.add_option("--catalogue", options->catalogue, "The only items that may be answered, one a line")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_option("--k", options->k, "Items of an answer")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command.add_option("--out", options->out, "Where the answers go")->required();
  command
      .add_option("--stream", options->stream,
                  "The orders to come, for the tasks of streams: each is learnt once its query is answered")
      ->check(CLI::ExistingFile);
  add_choice<Algorithm>(
      command, "--algorithm", recommendation::all_algorithms,
      [options](auto algorithm) { options->algorithm = algorithm; }, "Who answers (default: blend)");
  on_run(command, options, exit_code, recommend_batch);
}

void add_evaluate(CLI::App& group, int& exit_code) {
  auto& command = *group.add_subcommand("evaluate", "Measure how well what was bought is foretold");
  command.footer(
      "--data is a folder with train.csv, catalogue.txt and TASK.queries.tsv, TASK.truth.tsv of any tasks "
      "(and "
      "future.csv,\ncatalogue_stream.txt for those of streams), plain or compressed. Of --train and "
      "--data-dir the "
      "tasks are made by the\nsame rules.\n"
      "Example: cloudcart recommend evaluate --train orders.csv.gz --cut 2011-10-01 --bootstrap 1000");
  auto options = std::make_shared<RecommendEvaluateCommand>();
  command.add_option("--data", options->data, "A folder with the tasks")->check(CLI::ExistingDirectory);
  command.add_option("--train", options->train, "A shop's history in one file")->check(CLI::ExistingFile);
  add_shop(command, options->shop);
  add_moment(command, "--cut", options->cut, "Learn what was ordered before it, foretell what comes after");
  add_moment(command, "--until", options->until, "Leave out what was ordered from then on");
  command.add_option("--save", options->save, "Write the tasks that were made into this folder");
  add_choice<OfflineTask>(
      command, "--task", recommendation::offline::all_offline_tasks,
      [options](auto task) { options->tasks.push_back(task); }, "Only these tasks; repeatable")
      ->take_all();
  add_choice<Algorithm>(
      command, "--algorithm", recommendation::all_algorithms,
      [options](auto algorithm) { options->algorithms.push_back(algorithm); },
      "Only these algorithms; repeatable (default: all but neural, whose training takes its time)")
      ->take_all();
  command
      .add_option("--bootstrap", options->resamples,
                  "Give the 95 % interval of NDCG@10 from so many resamples of the queries")
      ->check(CLI::Range(1, 100'000));
  command.add_flag("--json", options->json, "Print JSON");
  on_run(command, options, exit_code, recommend_evaluate);
}

void add_tune(CLI::App& group, int& exit_code) {
  auto& command = *group.add_subcommand("tune", "See which weights a history teaches, and what they gain");
  command.footer(
      "A serving process learns its weights by itself; this shows them. They are learnt from the first 85 % "
      "of the "
      "history's\ntime and measured on the rest, against the defaults.\n"
      "Example: cloudcart recommend tune --train orders.csv.gz --out weights.json");
  auto options = std::make_shared<RecommendTuneCommand>();
  command.add_option("--train", options->train, "A shop's history in one file")
      ->required()
      ->check(CLI::ExistingFile);
  command.add_option("--out", options->out, "Write the weights into this file, as JSON");
  on_run(command, options, exit_code, [](const RecommendTuneCommand& asked) {
    return recommend_tune(asked, [](const auto& history, auto& words, const auto& progress) {
      return recommendation::offline::tune_weights(history, words, offline_crew, progress);
    });
  });
}

}  // namespace

void add_recommend(CLI::App& app, int& exit_code) {
  auto& group =
      *app.add_subcommand("recommend", "The recommender offline: answers in bulk, and how good they are");
  group.require_subcommand(1);
  add_batch(group, exit_code);
  add_evaluate(group, exit_code);
  add_tune(group, exit_code);
}

}  // namespace cloudcart::app
