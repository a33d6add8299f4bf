#include "recommendation/app/recommend_to_user.h"

namespace cloudcart::recommendation {

Task<Result<UserRecommendations>> RecommendToUser::operator()(Caller caller, UserId user, std::size_t limit) {
  if (!caller.owns(user) && !caller.is_staff()) co_return fail(Error::not_found("User"));
  if (caller.owns(user)) {
    auto chosen =
        experiments_.choose(caller.tenant, TaskKind::next_order, Subject::customer(user), clock_.now());
    if (chosen) co_return co_await try_out(std::move(caller), *std::move(chosen), limit);
  }
  auto own = models_.model_of(caller.tenant)->for_user(user, max_candidates);
  CLOUDCART_CO_TRY(auto products, co_await recommend_available(assortment_, caller.tenant, std::move(own),
                                                               limit, caller.deadline));
  if (!products.empty()) co_return UserRecommendations{std::move(products), personal, {}};
  auto common = models_.model_of(caller.tenant)->trending(max_candidates);
  CLOUDCART_CO_TRY(auto in_trend, co_await recommend_available(assortment_, caller.tenant, std::move(common),
                                                               limit, caller.deadline));
  co_return UserRecommendations{std::move(in_trend), trending, {}};
}

Task<Result<UserRecommendations>> RecommendToUser::try_out(Caller caller, ChosenVariant chosen,
                                                           std::size_t limit) {
  const auto model = models_.model_of(caller.tenant);
  const auto ask = [&](Algorithm algorithm) {
    return model->recommend({.task = TaskKind::next_order,
                             .user = UserId{chosen.subject.id},
                             .limit = max_candidates,
                             .algorithm = algorithm});
  };
  const auto ids_of = [](const Recommendations& list) {
    std::vector<ProductId> ids;
    for (const auto& each : list.products) ids.push_back(each.product);
    return ids;
  };
  const auto first = ask(chosen.algorithm());
  const auto second = chosen.second() ? ask(*chosen.second()) : Recommendations{};
  const auto draft = chosen.interleave(ids_of(first), ids_of(second), max_candidates);
  std::vector<ScoredProduct> candidates;
  for (const auto& drafted : draft)
    candidates.push_back(
        {drafted.product, (drafted.from_second ? second : first).products[drafted.place].score});
  CLOUDCART_CO_TRY(auto products, co_await recommend_available(assortment_, caller.tenant, candidates, limit,
                                                               caller.deadline));
  if (products.empty()) {
    CLOUDCART_CO_TRY(products,
                     co_await recommend_available(assortment_, caller.tenant, model->trending(max_candidates),
                                                  limit, caller.deadline));
    std::vector<ProductId> in_trend;
    for (const auto& product : products) in_trend.push_back(product.id);
    co_return UserRecommendations{std::move(products), trending, chosen.impression(in_trend)};
  }
  // What can be bought is in the order of the draft.
  std::vector<Drafted> shown;
  for (const auto& drafted : draft)
    if (shown.size() < products.size() && products[shown.size()].id == drafted.product)
      shown.push_back(drafted);
  const auto algorithm = first.algorithm == Algorithm::trending ? trending : personal;
  co_return UserRecommendations{std::move(products), algorithm, chosen.impression(shown)};
}

}  // namespace cloudcart::recommendation
