#include "recommendation/app/recommend_to_user.h"

namespace cloudcart::recommendation {

Task<Result<UserRecommendations>> RecommendToUser::operator()(Caller caller, UserId user, std::size_t limit) {
  if (!caller.owns(user) && !caller.is_staff()) co_return fail(Error::not_found("User"));
  auto own = models_.model_of(caller.tenant)->recommend({.user = user, .limit = max_candidates}).products;
  CLOUDCART_CO_TRY(auto products, co_await recommend_available(assortment_, caller.tenant, std::move(own),
                                                               limit, caller.deadline));
  if (!products.empty()) co_return UserRecommendations{std::move(products), personal};
  auto common = models_.model_of(caller.tenant)
                    ->recommend({.task = TaskKind::first_order, .limit = max_candidates})
                    .products;
  CLOUDCART_CO_TRY(auto in_trend, co_await recommend_available(assortment_, caller.tenant, std::move(common),
                                                               limit, caller.deadline));
  co_return UserRecommendations{std::move(in_trend), trending};
}

}  // namespace cloudcart::recommendation
