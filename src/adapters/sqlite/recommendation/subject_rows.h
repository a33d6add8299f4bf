#pragma once

#include <vector>

#include "adapters/sqlite/store/connection.h"
#include "recommendation/columns/subject_table.h"

namespace cloudcart::recommendation {

/// The tables of subjects. All throw sqlite::Failure.
class SubjectRows final : public SubjectTable {
 public:
  explicit SubjectRows(sqlite::Connection& connection) : connection_(connection) {}

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
  sqlite::Connection& connection_;
};

/// Answers how many there were.
std::int64_t delete_seen_before(sqlite::Connection& connection, Timestamp answered_before);

/// Everything of one customer in one experiment; false when there is nothing.
bool delete_customer(sqlite::Connection& connection, std::int64_t experiment, const UserId& customer);

/// By variant, `variants` in all.
std::vector<VariantTally> tally_variants(sqlite::Connection& connection, std::int64_t experiment,
                                         std::size_t variants);
/// Of an interleaving, all subjects together.
VariantTally tally_teams(sqlite::Connection& connection, std::int64_t experiment);

}  // namespace cloudcart::recommendation
