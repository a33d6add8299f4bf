#pragma once

#include "recommendation/app/describe_model.h"
#include "recommendation/app/get_quality.h"
#include "recommendation/app/recommend_popular.h"
#include "recommendation/app/recommend_similar.h"
#include "recommendation/app/recommend_to_users.h"
#include "recommendation/app/recommend_together.h"
#include "recommendation/app/train_model.h"

namespace cloudcart::recommendation {

/// The use cases of the recommendation service over what the composition root gives them, and its two loops,
/// which the composition root runs from start to shutdown, each on any event loop.
class RecommendationApp {
 public:
  struct Dependencies {
    events::EventLog& log;
    Assortment& assortment;
    ModelSnapshots& snapshots;
    QualityLedger& quality;
    const Clock& clock;
    OffloadPool& training;  ///< one thread is enough
    const ExperimentChoice& experiments = no_experiments();
    ModelOptions options = {};
    RefreshPolicy refreshes = {};
    ExaminePolicy examinations = {};
    const Leadership& leadership = sole_process();
    const privacy::ErasedCustomers& erased = privacy::nobody_erased();
    events::EventTracing tracing = {};
  };

  explicit RecommendationApp(Dependencies with)
      : log_(with.log),
        tracing_(with.tracing),
        models_(with.options, with.erased),
        examine_orders_(models_, with.quality, with.clock, with.examinations, with.leadership),
        trainer_(with.log, models_, with.snapshots, with.clock, with.training, with.options, with.refreshes),
        answer_question_(models_, with.assortment, with.experiments, with.clock),
        recommend_popular(models_, with.assortment),
        recommend_to_user(answer_question_),
        recommend_to_users(recommend_to_user),
        recommend_similar(answer_question_),
        recommend_together(answer_question_),
        train_model(trainer_),
        describe_model(with.log, models_, trainer_, with.clock),
        get_quality(examine_orders_, with.quality, with.clock) {}
  RecommendationApp(const RecommendationApp&) = delete;
  RecommendationApp& operator=(const RecommendationApp&) = delete;

  /// Learns from each order as it comes, once the first training is done.
  Task<void> follow(BackgroundLoops::StopFlag stop);
  /// The models know these customers no more, nor does the snapshot once this answers true; false before the first
  /// training, which will not know them.
  Task<Result<bool>> forget(std::vector<privacy::Erasure> erasures);
  /// Nothing has been learnt of any log, so that no snapshot holds anybody.
  bool knows_no_orders() const { return models_.training() && models_.applied_position() == 0; }
  /// What the shop's model knows of a customer.
  std::vector<ProductId> bought_by(const TenantId& tenant, UserId customer) const {
    return models_.model_of(tenant)->bought_by(customer);
  }
  const ModelHolder& models() const { return models_; }
  /// Builds the models from the log at start, and again whenever it is asked for.
  Task<void> train(BackgroundLoops::StopFlag stop);

 private:
  events::EventLog& log_;
  const events::EventTracing tracing_;
  ModelHolder models_;
  ExamineOrders examine_orders_;
  Trainer trainer_;
  AnswerQuestion answer_question_;

 public:
  RecommendPopular recommend_popular;
  RecommendToUser recommend_to_user;
  RecommendToUsers recommend_to_users;
  RecommendSimilar recommend_similar;
  RecommendTogether recommend_together;
  TrainModel train_model;
  DescribeModel describe_model;
  GetQuality get_quality;
};

}  // namespace cloudcart::recommendation
