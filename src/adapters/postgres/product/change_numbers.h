#pragma once

#include "adapters/postgres/store/store.h"
#include "product/ports/as_of.h"

/// Change numbers are transaction ids above the base that the table `change_base` holds. A transaction's id is not its place in
/// the order of commits, so a snapshot is numbered by the oldest transaction that it does not show: it shows every change
/// below, and may show some that are newer.
namespace cloudcart::product {

/// SQL of type bigint, for the snapshot of the statement that it stands in. Whoever evaluates one keeps the base from
/// changing until the end of the transaction.
#define CLOUDCART_CHANGE_BASE "(SELECT base FROM change_base)"
/// Every change up to it shows.
#define CLOUDCART_CHANGE_SHOWN \
  "(" CLOUDCART_CHANGE_BASE " + pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1)"
/// That of this transaction.
#define CLOUDCART_CHANGE_OWN "(" CLOUDCART_CHANGE_BASE " + pg_current_xact_id()::text::bigint)"
/// Not below any change that shows, and below all that begin later: for a write that had nothing to change.
#define CLOUDCART_CHANGE_NOW \
  "(" CLOUDCART_CHANGE_BASE " + pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)"

/// One row with the number that a write answers.
postgres::Query change_number(bool is_changed);

/// To be called before the store is used: on another server than the last time, or on one that was restored or took
/// over, transaction ids may have begun anew, and the base is raised above every number there can have been. Throws
/// std::runtime_error when the server does not let itself be asked.
void number_changes_upwards(postgres::Store& store);

}  // namespace cloudcart::product
