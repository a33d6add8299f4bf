#include "simulation/mutations.h"

#include <algorithm>
#include <array>

namespace cloudcart::simulation {
namespace {

constexpr std::array infos{
    MutationInfo{Mutation::drop_compensation, "drop_compensation",
                 "the stock of a refused order is not given back"},
    MutationInfo{Mutation::ignore_reservation_id, "ignore_reservation_id",
                 "a repeated reservation takes stock again"},
    MutationInfo{Mutation::event_before_commit, "event_before_commit",
                 "an event is published, then its order committed"},
    MutationInfo{Mutation::event_after_commit, "event_after_commit",
                 "an order is committed, then its event published"},
    MutationInfo{Mutation::release_twice, "release_twice", "a repeated release gives stock back again"},
    MutationInfo{Mutation::lost_event, "lost_event", "a reader of the log skips a record now and then"},
    MutationInfo{Mutation::version_ignored, "version_ignored",
                 "a transition is saved over another one's version"},
    MutationInfo{Mutation::body_hash_ignored, "body_hash_ignored", "a key answers for another body"},
    MutationInfo{Mutation::key_not_stored, "key_not_stored",
                 "a key is not bound before the stock is reserved"},
    MutationInfo{Mutation::claim_not_checked, "claim_not_checked",
                 "an order commits although its key is another attempt's"},
    MutationInfo{Mutation::any_transition, "any_transition", "any status may follow any other"},
    MutationInfo{Mutation::stock_checked_outside, "stock_checked_outside",
                 "stock is looked at, then taken in another transaction"},
    MutationInfo{Mutation::position_before_effect, "position_before_effect",
                 "a consumer stores its position before the effect"},
    MutationInfo{Mutation::duplicates_counted, "duplicates_counted",
                 "an event that comes twice counts twice"},
    MutationInfo{Mutation::one_event_per_order, "one_event_per_order",
                 "later events of an order are taken for duplicates"},
    MutationInfo{Mutation::refund_not_subtracted, "refund_not_subtracted",
                 "a cancellation leaves the revenue as it was"},
    MutationInfo{Mutation::status_by_arrival, "status_by_arrival",
                 "the event that came last decides, not the highest version"},
    MutationInfo{Mutation::stale_cache_put, "stale_cache_put",
                 "a slow reader may put an older copy into the cache"},
    MutationInfo{Mutation::erase_forgotten, "erase_forgotten", "a change leaves the cached copy in place"},
    MutationInfo{Mutation::unknown_called_failed, "unknown_called_failed",
                 "a commit of unknown outcome counts as failed"},
    MutationInfo{Mutation::reprice_on_retry, "reprice_on_retry",
                 "a repeated reservation answers today's price"},
    MutationInfo{Mutation::commit_lost_in_crash, "commit_lost_in_crash", "a crash loses the newest commit"},
    MutationInfo{Mutation::event_id_repeated, "event_id_repeated", "ids start again after a restart"},
    MutationInfo{Mutation::quantity_of_last_line, "quantity_of_last_line",
                 "a product on two lines is taken once"},
    MutationInfo{Mutation::release_not_remembered, "release_not_remembered",
                 "a reservation that comes after its release is taken"},
    MutationInfo{Mutation::abandoned_not_asked, "abandoned_not_asked",
                 "nobody asks about stock whose order never came"},
    MutationInfo{Mutation::settled_without_status, "settled_without_status",
                 "stock that is asked about goes back whatever the answer"},
    MutationInfo{Mutation::id_left_open, "id_left_open",
                 "the order service says that there is no order, and lets it come later"},
};

}  // namespace

std::span<const MutationInfo> all_mutations() {
  return infos;
}

std::optional<Mutation> parse_mutation(std::string_view name) {
  const auto found = std::ranges::find(infos, name, &MutationInfo::name);
  if (found == infos.end()) return std::nullopt;
  return found->mutation;
}

}  // namespace cloudcart::simulation
