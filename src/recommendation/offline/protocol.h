#pragma once

#include <optional>
#include <vector>

#include "core/result.h"
#include "core/timestamp.h"
#include "recommendation/offline/offline_task.h"
#include "recommendation/offline/purchases.h"

namespace cloudcart::recommendation::offline {

/// A shop's history cut in time, and what is asked at the cut.
struct Trial {
  Purchases train;             ///< orders before the cut, oldest first
  Purchases future;            ///< orders from the cut on, oldest first
  Catalogue catalogue;         ///< items of train
  Catalogue stream_catalogue;  ///< items of both, for the tasks of streams
  std::vector<TaskSet> tasks;  ///< those that have queries
};

/// Cuts `history` and makes every task:
/// - next: customers of train, by name; relevant is what of the catalogue their first order after the cut has.
/// - new: the same without what they bought before the cut.
/// - cold: customers that train does not know, likewise.
/// - basket: every order to come with at least two items of the catalogue. Hidden, and relevant, is the item
///   with the smallest SHA-256 of "basket|ORDER|ITEM"; asked are the others.
/// - also: the same orders. Asked is the item with the smallest SHA-256 of "also|ORDER|ITEM"; relevant are the
///   others.
/// - stream_basket, stream_next: the orders to come in their order, over all items; of stream_next those whose
///   customer had ordered before.
/// Query ids are P, N, C and the customer; B, A, S, R and the order. Queries without a relevant item are left
/// out. `until`: orders from then on do not exist. All numbers change, and `history` is worth nothing afterwards:
/// the trial is the same in whichever order the lines were read.
/// validation_failed when nothing is left on one side of the cut.
Result<Trial> make_trial(const Purchases& history, Timestamp cut, std::optional<Timestamp> until,
                         Words& words);

}  // namespace cloudcart::recommendation::offline
