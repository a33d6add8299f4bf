#pragma once

#include <cstdint>
#include <optional>

#include "adapters/sqlite/store/connection.h"
#include "recommendation/domain/impression.h"
#include "recommendation/domain/subject_sums.h"

namespace cloudcart::recommendation {

/// The tables of subjects, a row at a time; `experiment` is its number. All throw sqlite::Failure.

std::optional<SubjectSums> find_subject(sqlite::Connection& connection, std::int64_t experiment,
                                        const Subject& subject);
void put_subject(sqlite::Connection& connection, std::int64_t experiment, const Subject& subject,
                 const SubjectSums& sums);

std::optional<ClickedProduct> find_clicked(sqlite::Connection& connection, std::int64_t experiment,
                                           const Uuid& customer, const ProductId& product);
/// A product that is new is left out when the customer has `most` already.
void put_clicked(sqlite::Connection& connection, std::int64_t experiment, const Uuid& customer,
                 const ProductId& product, const ClickedProduct& clicked, std::int64_t most);

/// False when the order has been counted already.
bool insert_counted(sqlite::Connection& connection, std::int64_t experiment, const UserId& customer,
                    const OrderId& order, const CountedOrder& counted);
/// The order as it was counted, whose row is gone then.
std::optional<CountedOrder> take_counted(sqlite::Connection& connection, std::int64_t experiment,
                                         const UserId& customer, const OrderId& order);

/// False when it has been seen already.
bool insert_seen(sqlite::Connection& connection, std::int64_t experiment, const Impression& impression);
/// Of one that has been seen; false when this place has been clicked already.
bool mark_clicked(sqlite::Connection& connection, std::int64_t experiment, const Impression& impression,
                  std::size_t place);
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
