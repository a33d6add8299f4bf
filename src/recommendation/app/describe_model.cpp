#include "recommendation/app/describe_model.h"

#include <algorithm>

namespace cloudcart::recommendation {

Task<Result<ModelDescription>> DescribeModel::operator()(Caller caller) {
  CLOUDCART_CO_TRY(const auto end, co_await log_.end_position(caller.deadline));
  // The models may have learnt more since the end was asked for.
  const auto position = models_.applied_position();
  co_return ModelDescription{.training = models_.training(),
                             .under_way = trainer_.progress(),
                             .size = models_.model_of(caller.tenant)->size(),
                             .position = position,
                             .events_behind = std::max<std::int64_t>(0, end - position),
                             .at = clock_.now()};
}

}  // namespace cloudcart::recommendation
