#include "recommendation/app/train_model.h"

namespace cloudcart::recommendation {

Task<Result<Trainer::Started>> TrainModel::operator()(Caller caller) {
  if (!caller.is_staff()) co_return fail(ErrorCode::forbidden, "Only staff can train the model.");
  co_return trainer_.request();
}

}  // namespace cloudcart::recommendation
