#include "recommendation/app/answer_question.h"

#include <algorithm>

#include "recommendation/app/diversify.h"

namespace cloudcart::recommendation {
namespace {

std::optional<Subject> subject_of(const Caller& caller, const Question& question, const Wishes& wishes) {
  if (question.user) {
    if (!caller.owns(*question.user) || caller.role != Role::customer) return std::nullopt;
    return Subject::customer(*question.user);
  }
  if (caller.user) {
    if (caller.role != Role::customer) return std::nullopt;
    return Subject::customer(*caller.user);
  }
  if (wishes.visitor) return Subject::visitor(wishes.visitor->value);
  return std::nullopt;
}

std::vector<ProductId> ids_of(const Recommendations& list) {
  std::vector<ProductId> ids;
  ids.reserve(list.products.size());
  for (const auto& each : list.products) ids.push_back(each.product);
  return ids;
}

}  // namespace

struct AnswerQuestion::Search {
  const Model& model;
  std::optional<ChosenVariant> chosen;
  std::vector<Drafted> draft;  ///< when interleaving: the newest, which an earlier one begins
  bool fills_up = false;       ///< what is missing is looked for, which nothing is tried out with

  /// The impression of what is shown: a product that was filled up is of neither team.
  std::optional<std::string> impression_of(const std::vector<RecommendedProduct>& shown) const {
    if (!chosen) return std::nullopt;
    std::vector<Drafted> seen;
    for (const auto& recommended : shown) {
      const auto drafted = std::ranges::find(draft, recommended.product.id, &Drafted::product);
      seen.push_back(drafted == draft.end() ? Drafted{.product = recommended.product.id} : *drafted);
    }
    return chosen->impression(seen);
  }
};

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
  Search search{
      .model = *model, .chosen = experiment_for(caller, question, wishes), .draft = {}, .fills_up = false};
  if (search.chosen) question.algorithm = search.chosen->algorithm();
  question.limit = first_depth(wishes, picker.wanted());
  question.exclude = wishes.exclude;
  CLOUDCART_CO_TRY(auto algorithm, co_await pick(search, question, picker));
  // Of an answer that holds nothing but what is trending that is what answered.
  if (picker.picked() == 0) algorithm = Algorithm::trending;
  search.fills_up = true;
  if (picker.picked() < wishes.limit)
    CLOUDCART_CO_CHECK(co_await pick(search, what_is_trending(std::move(question)), picker));
  CLOUDCART_CO_CHECK(co_await picker.finish());
  const auto is_known = [&](ProductId id) { return picker.knows(id); };
  if (!must_be_known.empty() && std::ranges::none_of(must_be_known, is_known))
    co_return fail(Error::not_found("Product"));
  auto shown = diversified(std::move(picker).products(), wishes.limit, wishes.diversity);
  auto impression = search.impression_of(shown);
  co_return Answer{std::move(shown), algorithm, version, std::move(impression)};
}

std::optional<ChosenVariant> AnswerQuestion::experiment_for(const Caller& caller, const Question& question,
                                                            const Wishes& wishes) const {
  const auto subject = subject_of(caller, question, wishes);
  if (!subject) return std::nullopt;
  return experiments_.choose(caller.tenant, question.task, *subject, clock_.now());
}

/// One list, or the draft of two. The scores of two do not compare, so that a draft's are those of its places.
Recommendations AnswerQuestion::ask(Search& search, const Question& question) {
  auto first = search.model.recommend(question);
  if (!search.chosen || !search.chosen->second() || search.fills_up) return first;
  auto other = question;
  other.algorithm = *search.chosen->second();
  const auto second = search.model.recommend(other);
  search.draft = search.chosen->interleave(ids_of(first), ids_of(second), question.limit);
  Recommendations mixed{.products = {}, .algorithm = first.algorithm};
  for (const auto& drafted : search.draft) {
    auto product = (drafted.from_second ? second : first).products[drafted.place];
    product.score = 1.0 / static_cast<double>(mixed.products.size() + 1);
    mixed.products.push_back(std::move(product));
  }
  return mixed;
}

Task<Result<Algorithm>> AnswerQuestion::pick(Search& search, Question question, ProductPicker& picker) {
  // What stands behind products with a score of their own has none to compare with theirs.
  const bool fills_up = picker.picked() > 0;
  while (true) {
    auto answer = ask(search, question);
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
