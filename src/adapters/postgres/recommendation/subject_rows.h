#pragma once

#include "adapters/postgres/store/query.h"
#include "recommendation/domain/impression.h"
#include "recommendation/domain/subject_sums.h"

namespace cloudcart::recommendation::tables {

/// The statements on the tables of subjects; `experiment` is a number.

postgres::Query put_subject(std::int64_t experiment, const Subject& subject, const SubjectSums& sums);
postgres::Query put_clicked(std::int64_t experiment, const Uuid& customer, const ProductId& product,
                            const ClickedProduct& clicked);
postgres::Query insert_counted(std::int64_t experiment, const Uuid& customer, const OrderId& order,
                               const CountedOrder& counted);
postgres::Query delete_counted(std::int64_t experiment, const Uuid& customer, const OrderId& order);

/// The places of an impression that have been clicked, in the two words of its row.
struct ClickedPlaces {
  std::int64_t low = 0, high = 0;
};
postgres::Query put_seen(std::int64_t experiment, Timestamp answered_at, std::int64_t nonce,
                         const ClickedPlaces& clicked);

/// subject_columns of a customer.
postgres::Query select_customer(std::int64_t experiment, const UserId& customer);
/// Everything of one customer in these experiments, whose numbers of subjects go down. The last tells how many did.
std::vector<postgres::Query> delete_customer(const std::vector<std::int64_t>& experiments,
                                             const UserId& customer);

/// By variant, those that have subjects: the variant and its tally.
postgres::Query tally_variants(std::int64_t experiment);
/// Of an interleaving, all subjects together.
postgres::Query tally_teams(std::int64_t experiment);

}  // namespace cloudcart::recommendation::tables
