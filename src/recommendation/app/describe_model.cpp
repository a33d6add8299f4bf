#include "recommendation/app/describe_model.h"

namespace cloudcart::recommendation {

Task<Result<ModelDescription>> DescribeModel::operator()(Caller caller) {
  const auto position = models_.applied_position();
  CLOUDCART_CO_TRY(const auto behind, co_await log_.count_beyond(position, caller.deadline));
  co_return ModelDescription{.training = models_.training(),
                             .under_way = trainer_.progress(),
                             .size = models_.model_of(caller.tenant)->size(),
                             .position = position,
                             .events_behind = behind,
                             .at = clock_.now()};
}

}  // namespace cloudcart::recommendation
