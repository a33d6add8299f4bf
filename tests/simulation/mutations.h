#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cloudcart::simulation {

/// Bugs planted into the decorators around the ports, to prove that the simulation finds their like.
enum class Mutation : std::uint8_t {
  none,
  drop_compensation,
  ignore_reservation_id,
  event_before_commit,
  event_after_commit,
  release_twice,
  lost_event,
  version_ignored,
  body_hash_ignored,
  key_not_stored,
  claim_not_checked,
  any_transition,
  stock_checked_outside,
  position_before_effect,
  duplicates_counted,
  one_event_per_order,
  refund_not_subtracted,
  status_by_arrival,
  stale_cache_put,
  erase_forgotten,
  unknown_called_failed,
  reprice_on_retry,
  commit_lost_in_crash,
  event_id_repeated,
  quantity_of_last_line,
  release_not_remembered,
  abandoned_not_asked,
  settled_without_status,
  id_left_open,
};

struct MutationInfo {
  Mutation mutation;
  std::string_view name;
  std::string_view what;
};

/// All but none.
std::span<const MutationInfo> all_mutations();
std::optional<Mutation> parse_mutation(std::string_view name);

}  // namespace cloudcart::simulation
