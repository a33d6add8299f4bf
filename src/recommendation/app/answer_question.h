#pragma once

#include "core/caller.h"
#include "core/clock.h"
#include "recommendation/app/experiment_choice.h"
#include "recommendation/app/model_holder.h"
#include "recommendation/app/product_picker.h"

namespace cloudcart::recommendation {

/// The most candidates that are asked of a model for one answer: the bound of its work. With more products in
/// a row than this that do not fit, an answer is filled up with what is trending although others would fit.
constexpr std::size_t max_candidates = 1000;

/// With how many candidates the search for `wanted` products begins, and with how many it goes on.
std::size_t first_depth(const Wishes& wishes, std::size_t wanted);
std::size_t next_depth(std::size_t depth);

struct Answer {
  std::vector<RecommendedProduct> products;
  Algorithm algorithm = Algorithm::blend;  ///< what answered; trending where nothing else could
  std::int64_t model_version = 0;          ///< 0 before the first training
  /// Where the answer is part of an experiment: what comes back with feedback.
  std::optional<std::string> impression;

  /// Whether products are in it for what is known of the customer or the products that were asked about.
  bool is_common() const { return algorithm == Algorithm::trending; }
};

/// What every recommendation goes through: the question is put to the shop's model, what cannot be bought or
/// is not as wished is left out, with more asked of the model while that leaves too few, and what is still
/// missing in the end is filled up with what is trending.
///
/// Answers to customers about themselves, and to visitors, may be part of an experiment, which then says what
/// answers; those that staff ask for never are.
class AnswerQuestion {
 public:
  AnswerQuestion(const ModelHolder& models, Assortment& assortment, const ExperimentChoice& experiments,
                 const Clock& clock)
      : models_(models), assortment_(assortment), experiments_(experiments), clock_(clock) {}

  /// `question` says the task, the user and the products; limit, exclude and algorithm are set here. Errors:
  /// not_found when the assortment knows none of `must_be_known`, unless that is empty; those of the
  /// assortment.
  Task<Result<Answer>> operator()(Caller caller, Question question, Wishes wishes,
                                  std::vector<ProductId> must_be_known = {});

 private:
  /// What a model is asked, and what became of it.
  struct Search;

  /// The one place where it is decided what answers: the experiment on the task, else the blend.
  std::optional<ChosenVariant> experiment_for(const Caller& caller, const Question& question,
                                              const Wishes& wishes) const;
  static Recommendations ask(Search& search, const Question& question);
  static Task<Result<Algorithm>> pick(Search& search, Question question, ProductPicker& picker);
  static Question what_is_trending(Question question);

  const ModelHolder& models_;
  Assortment& assortment_;
  const ExperimentChoice& experiments_;
  const Clock& clock_;
};

}  // namespace cloudcart::recommendation
