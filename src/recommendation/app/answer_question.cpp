#include "recommendation/app/answer_question.h"

#include <algorithm>

#include "recommendation/app/diversify.h"

namespace cloudcart::recommendation {
std::size_t first_depth(const Wishes& wishes, std::size_t wanted) {
  const bool rare = wishes.category || wishes.min_price || wishes.max_price;
  return std::min(rare ? 4 * wanted + 20 : wanted + wanted / 2 + 5, max_candidates);
}

std::size_t next_depth(std::size_t depth) {
  // What fits is rare then.
  return std::min(5 * depth, max_candidates);
}

Task<Result<Answer>> AnswerQuestion::operator()(Caller caller, Question question, Wishes wishes,
                                                std::vector<ProductId> must_be_known) {
  const auto [model, version] = models_.in_use(caller.tenant);
  ProductPicker picker(assortment_, caller.tenant, wishes, caller.deadline, must_be_known);
  question.algorithm = algorithm_for(caller, question);
  question.limit = first_depth(wishes, picker.wanted());
  question.exclude = wishes.exclude;
  CLOUDCART_CO_TRY(auto algorithm, co_await pick(*model, question, picker));
  // Of an answer that holds nothing but what is trending that is what answered.
  if (picker.picked() == 0) algorithm = Algorithm::trending;
  if (picker.picked() < wishes.limit)
    CLOUDCART_CO_CHECK(co_await pick(*model, what_is_trending(std::move(question)), picker));
  CLOUDCART_CO_CHECK(co_await picker.finish());
  const auto is_known = [&](ProductId id) { return picker.knows(id); };
  if (!must_be_known.empty() && std::ranges::none_of(must_be_known, is_known))
    co_return fail(Error::not_found("Product"));
  co_return Answer{diversified(std::move(picker).products(), wishes.limit, wishes.diversity), algorithm,
                   version};
}

Algorithm AnswerQuestion::algorithm_for(const Caller&, const Question&) {
  return Algorithm::blend;
}

Task<Result<Algorithm>> AnswerQuestion::pick(const Model& model, Question question, ProductPicker& picker) {
  // What stands behind products with a score of their own has none to compare with theirs.
  const bool fills_up = picker.picked() > 0;
  while (true) {
    auto answer = model.recommend(question);
    const bool is_all = answer.products.size() < question.limit || question.limit >= max_candidates;
    if (fills_up)
      for (auto& product : answer.products) product.score = 0;
    CLOUDCART_CO_CHECK(co_await picker.take(std::move(answer.products)));
    if (picker.has_enough() || is_all) co_return answer.algorithm;
    question.limit = next_depth(question.limit);
  }
}

Question AnswerQuestion::what_is_trending(Question question) {
  question.algorithm = Algorithm::trending;
  // Where only news are wanted, what was bought before stays out; else it is nobody's question any more.
  if (question.task != TaskKind::new_to_customer) {
    question.task = TaskKind::first_order;
    question.user.reset();
  }
  question.exclude.insert(question.exclude.end(), question.products.begin(), question.products.end());
  question.products.clear();
  return question;
}

}  // namespace cloudcart::recommendation
