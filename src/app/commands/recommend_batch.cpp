#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/print_error.h"
#include "app/commands/progress_line.h"
#include "app/commands/read_shop_history.h"
#include "app/commands/recommend.h"
#include "app/offline/run_file.h"
#include "app/offline/task_files.h"
#include "recommendation/offline/answering.h"
#include "recommendation/offline/evaluation.h"

namespace cloudcart::app {
namespace {

using namespace recommendation::offline;

struct Inputs {
  Words words;
  Catalogue catalogue;
  Purchases train;
  Purchases stream;
  std::vector<Query> queries;
};

/// The catalogue comes first, so that equal scores stand in its order.
Result<Inputs> read_inputs(const RecommendBatchCommand& options, ProgressLine& line) {
  Inputs inputs;
  CLOUDCART_TRY(inputs.catalogue, read_catalogue(options.catalogue, inputs.words));
  CLOUDCART_TRY(inputs.train, read_shop_history(options.train, inputs.words, line));
  if (options.stream) {
    CLOUDCART_TRY(inputs.stream, read_shop_history(*options.stream, inputs.words, line));
    CLOUDCART_CHECK(check_apart(inputs.train, inputs.stream, inputs.words));
  }
  CLOUDCART_TRY(inputs.queries, read_queries(options.queries, options.task, inputs.words));
  return inputs;
}

/// Answers queries one by one and writes the answers.
class Clerk {
 public:
  Clerk(const RecommendBatchCommand& options, const Inputs& inputs, const recommendation::Model& model,
        TextFile& out, ProgressLine& line)
      : options_(options),
        inputs_(inputs),
        bought_(inputs.train),
        answerer_(model, inputs.catalogue, inputs.words.items.size(), options.k),
        out_(out),
        line_(line) {}

  Status answer(std::uint32_t query_index) {
    const auto& query = inputs_.queries[query_index];
    std::vector<std::uint32_t> forbidden;
    if (options_.task == OfflineTask::new_items) forbidden = bought_.of(query.customer);
    const auto answers = answerer_(query, options_.task, options_.algorithm, forbidden);
    CLOUDCART_CHECK(check_answers(answers, query, inputs_.catalogue, forbidden, inputs_.words));
    line_.show("answering", ++done_, inputs_.queries.size());
    return out_.write(run_lines(query.id, answers, inputs_.words));
  }

 private:
  const RecommendBatchCommand& options_;
  const Inputs& inputs_;
  const BoughtItems bought_;
  const Answerer answerer_;
  TextFile& out_;
  ProgressLine& line_;
  std::uint64_t done_ = 0;
};

Status answer_all(const RecommendBatchCommand& options) {
  ProgressLine line;
  CLOUDCART_TRY(const auto inputs, read_inputs(options, line));
  CLOUDCART_TRY(auto out, TextFile::create(options.out));
  line.show("learning", 0, 1);
  recommendation::Model model(
      inputs.train.book(), {.neural = options.algorithm == recommendation::Algorithm::neural}, offline_crew);
  model.refresh(recommendation::Model::Refresh::regressions_and_weights, offline_crew);
  Clerk clerk(options, inputs, model, out, line);
  if (is_stream(options.task)) {
    CLOUDCART_TRY(const auto queries_at, place_queries(inputs.queries, inputs.stream, inputs.words));
    CLOUDCART_CHECK(learn_stream(model, inputs.stream, offline_crew, [&](std::uint32_t place) {
      return queries_at[place] ? clerk.answer(*queries_at[place]) : Status{};
    }));
  } else {
    for (std::uint32_t query = 0; query < inputs.queries.size(); ++query)
      CLOUDCART_CHECK(clerk.answer(query));
  }
  return out.close();
}

}  // namespace

int recommend_batch(const RecommendBatchCommand& options) {
  const auto answered = answer_all(options);
  if (answered) return exit_ok;
  print_error(answered.error());
  return exit_failed;
}

}  // namespace cloudcart::app
