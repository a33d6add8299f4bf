#pragma once

#include <cstdint>
#include <optional>

#include "recommendation/domain/impression.h"
#include "recommendation/domain/subject_sums.h"

namespace cloudcart::recommendation {

/// What is kept of subjects, as one transaction has it; `experiment` is a number. What counts is decided by
/// CountFeedback and CountOrders, wherever the rows are.
class SubjectTable {
 public:
  virtual ~SubjectTable() = default;
  virtual std::optional<SubjectSums> find_subject(std::int64_t experiment, const Subject& subject) = 0;
  virtual void put_subject(std::int64_t experiment, const Subject& subject, const SubjectSums& sums) = 0;
  /// There is one subject more in the experiment.
  virtual void count_new_subject(std::int64_t experiment) = 0;

  virtual std::optional<ClickedProduct> find_clicked(std::int64_t experiment, const Uuid& customer,
                                                     const ProductId& product) = 0;
  /// Products that the customer clicked.
  virtual std::int64_t count_clicked(std::int64_t experiment, const Uuid& customer) = 0;
  virtual void put_clicked(std::int64_t experiment, const Uuid& customer, const ProductId& product,
                           const ClickedProduct& clicked) = 0;

  /// False when the order has been counted already.
  virtual bool insert_counted(std::int64_t experiment, const UserId& customer, const OrderId& order,
                              const CountedOrder& counted) = 0;
  /// The order as it was counted, which is forgotten then.
  virtual std::optional<CountedOrder> take_counted(std::int64_t experiment, const UserId& customer,
                                                   const OrderId& order) = 0;

  /// False when it has been seen already.
  virtual bool insert_seen(std::int64_t experiment, const Impression& impression) = 0;
  /// Of one that has been seen; false when this place has been clicked already.
  virtual bool mark_clicked(std::int64_t experiment, const Impression& impression, std::size_t place) = 0;
};

}  // namespace cloudcart::recommendation
