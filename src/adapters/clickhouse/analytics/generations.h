#pragma once

#include <map>
#include <optional>

#include "adapters/clickhouse/analytics/snapshot.h"
#include "adapters/clickhouse/store/store.h"

namespace cloudcart::analytics {

/// How far one generation has come.
struct GenerationProgress {
  std::int64_t position = 0;
  std::map<TenantId, Timestamp> last_event_at;
  /// Of dead letters that were added up after all, at positions behind: their number only grows.
  std::int64_t settled_letters = 0;
};

/// Which generations there are, how far each has come, and which one is asked.
class Generations {
 public:
  struct State {
    std::uint64_t asked = 0;
    std::uint64_t ordinal = 0;  ///< of the switch to it
    std::map<std::uint64_t, GenerationProgress> progress;

    const GenerationProgress& of(std::uint64_t generation) const;
    const GenerationProgress& of_asked() const { return of(asked); }
  };

  /// `lease`: how long a generation that nobody is heard of building is left alone.
  Generations(clickhouse::Store& store, seconds lease) : store_(store), lease_(lease) {}

  Task<Result<State>> read(Deadline deadline);
  /// Everything up to the position of `progress` is stored, with the latest time that an event of each shop carries. Nothing is
  /// noted where less than `from` is stored: a server that was emptied meanwhile has not what came before.
  Task<Status> advance(std::uint64_t generation, std::int64_t from, GenerationProgress progress,
                       Deadline deadline);

  /// A new one, that is kept for the lease.
  Task<Result<std::uint64_t>> begin(Deadline deadline);
  Task<Status> renew(std::uint64_t generation, Deadline deadline) {
    return set_lease(generation, lease_, deadline);
  }
  Task<Status> abandon(std::uint64_t generation, Deadline deadline) {
    return set_lease(generation, seconds{0}, deadline);
  }
  Task<Status> switch_to(std::uint64_t generation, State before, Deadline deadline);
  /// Drops what one table has of a generation that is neither asked nor being built nor `kept`; false when there is
  /// none.
  Task<Result<bool>> drop_some(std::optional<std::uint64_t> kept, Deadline deadline);

 private:
  Task<Status> set_lease(std::uint64_t generation, seconds lease, Deadline deadline);

  clickhouse::Store& store_;
  const seconds lease_;
};

}  // namespace cloudcart::analytics
