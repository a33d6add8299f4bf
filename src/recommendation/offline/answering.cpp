#include "recommendation/offline/answering.h"

#include <algorithm>

namespace cloudcart::recommendation::offline {

void Refresher::keep_fresh() {
  constexpr std::uint64_t fewest = 50;
  if (model_.orders() < last_ + std::max(fewest, last_ / 100)) return;
  model_.refresh(Model::Refresh::regressions, crew_);
  last_ = model_.orders();
}

Answerer::Answerer(const Model& model, const Catalogue& catalogue, std::size_t known_items, std::size_t limit)
    : model_(model),
      catalogue_(catalogue),
      outside_(known_items - std::min(known_items, catalogue.size())),
      limit_(limit) {}

std::vector<Answer> Answerer::operator()(const Query& query, OfflineTask task, Algorithm algorithm,
                                         std::span<const std::uint32_t> forbidden) const {
  Question question{.task = kind_of(task), .algorithm = algorithm};
  // Of whom the task says that nothing is known, nothing is told.
  if (!asks_for_items(task) && task != OfflineTask::cold) question.user = id_of<UserId>(query.customer);
  for (const auto item : query.items) question.products.push_back(id_of<ProductId>(item));
  for (const auto item : forbidden) question.exclude.push_back(id_of<ProductId>(item));

  // The engine knows nothing of catalogues. What is not in this one falls out afterwards, and more is asked for
  // until enough is left.
  const auto most = limit_ + outside_;
  for (question.limit = limit_;; question.limit = std::min(most, question.limit * 4)) {
    const auto given = model_.recommend(question).products;
    std::vector<Answer> answers;
    for (const auto& recommended : given) {
      const auto item = number_of(recommended.product);
      if (answers.size() < limit_ && catalogue_.has(item)) answers.push_back({item, recommended.score});
    }
    if (answers.size() == limit_ || given.size() < question.limit || question.limit == most) return answers;
  }
}

}  // namespace cloudcart::recommendation::offline
