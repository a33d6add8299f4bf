#pragma once

#include "core/caller.h"
#include "recommendation/app/trainer.h"

namespace cloudcart::recommendation {

/// Starts a training, or answers with the one that runs. A training goes through the whole log, which holds
/// all shops, and so renews the models of all.
class TrainModel {
 public:
  explicit TrainModel(Trainer& trainer) : trainer_(trainer) {}
  Task<Result<Trainer::Started>> operator()(Caller caller);

 private:
  Trainer& trainer_;
};

}  // namespace cloudcart::recommendation
