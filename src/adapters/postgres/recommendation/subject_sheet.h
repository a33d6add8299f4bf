#pragma once

#include <map>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "adapters/postgres/recommendation/subject_rows.h"
#include "adapters/postgres/store/session.h"
#include "recommendation/columns/experiment_columns.h"
#include "recommendation/columns/subject_table.h"
#include "recommendation/ports/experiment_ledger.h"

namespace cloudcart::recommendation {

/// The rows of subjects that a transaction may need, read in one round trip and written back in another, so that
/// counting in between waits for nothing. Of experiments whose rows the transaction has locked.
class SubjectSheet final : public SubjectTable {
 public:
  /// All that counting this feedback may look at.
  Task<void> load(postgres::Session& session, const std::vector<NumberedExperiment>& experiments,
                  const std::vector<FeedbackEvent>& events);
  /// The same for orders.
  Task<void> load(postgres::Session& session, const std::vector<NumberedExperiment>& experiments,
                  std::span<const events::LogRecord> records);
  /// What was changed since.
  std::vector<postgres::Query> changes() const;

  std::optional<SubjectSums> find_subject(std::int64_t experiment, const Subject& subject) override;
  void put_subject(std::int64_t experiment, const Subject& subject, const SubjectSums& sums) override;
  void count_new_subject(std::int64_t experiment) override;
  std::optional<ClickedProduct> find_clicked(std::int64_t experiment, const Uuid& customer,
                                             const ProductId& product) override;
  std::int64_t count_clicked(std::int64_t experiment, const Uuid& customer) override;
  void put_clicked(std::int64_t experiment, const Uuid& customer, const ProductId& product,
                   const ClickedProduct& clicked) override;
  bool insert_counted(std::int64_t experiment, const UserId& customer, const OrderId& order,
                      const CountedOrder& counted) override;
  std::optional<CountedOrder> take_counted(std::int64_t experiment, const UserId& customer,
                                           const OrderId& order) override;
  bool insert_seen(std::int64_t experiment, const Impression& impression) override;
  bool mark_clicked(std::int64_t experiment, const Impression& impression, std::size_t place) override;

 private:
  using SubjectKey = std::pair<std::int64_t, Subject>;
  using CustomerKey = std::pair<std::int64_t, Uuid>;
  using ClickedKey = std::pair<CustomerKey, ProductId>;
  using OrderKey = std::pair<CustomerKey, OrderId>;
  using SeenKey = std::tuple<std::int64_t, Timestamp, std::int64_t>;  ///< experiment, answered at, nonce

  Task<void> load_subjects(postgres::Session& session, const std::set<SubjectKey>& wanted,
                           const std::set<SeenKey>& impressions);

  std::map<SubjectKey, SubjectSums> subjects_;
  std::map<CustomerKey, std::map<ProductId, ClickedProduct>> clicked_;
  std::map<OrderKey, CountedOrder> counted_;
  std::map<SeenKey, tables::ClickedPlaces> seen_;

  std::set<SubjectKey> changed_subjects_;
  std::set<ClickedKey> changed_clicked_;
  std::set<OrderKey> stored_counted_, changed_counted_;
  std::set<SeenKey> changed_seen_;
  std::map<std::int64_t, std::int64_t> new_subjects_;
};

}  // namespace cloudcart::recommendation
