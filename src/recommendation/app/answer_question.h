#pragma once

#include "core/caller.h"
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

  /// Whether products are in it for what is known of the customer or the products that were asked about.
  bool is_common() const { return algorithm == Algorithm::trending; }
};

/// What every recommendation goes through: the question is put to the shop's model, what cannot be bought or
/// is not as wished is left out, with more asked of the model while that leaves too few, and what is still
/// missing in the end is filled up with what is trending.
class AnswerQuestion {
 public:
  AnswerQuestion(const ModelHolder& models, Assortment& assortment)
      : models_(models), assortment_(assortment) {}

  /// `question` says the task, the user and the products; limit, exclude and algorithm are set here. Errors:
  /// not_found when the assortment knows none of `must_be_known`, unless that is empty; those of the
  /// assortment.
  Task<Result<Answer>> operator()(Caller caller, Question question, Wishes wishes,
                                  std::vector<ProductId> must_be_known = {});

 private:
  /// The one place where it is decided what answers.
  static Algorithm algorithm_for(const Caller& caller, const Question& question);
  static Task<Result<Algorithm>> pick(const Model& model, Question question, ProductPicker& picker);
  static Question what_is_trending(Question question);

  const ModelHolder& models_;
  Assortment& assortment_;
};

}  // namespace cloudcart::recommendation
