#include "adapters/postgres/store/lease.h"

#include <spdlog/spdlog.h>

#include "core/id_generator.h"

namespace cloudcart::postgres {
namespace {

/// Clocks may run at paces that differ by so much.
constexpr int share_kept_for_drift = 10;

Uuid new_holder() {
  Uuid id;
  random_bytes(id.bytes.data(), id.bytes.size());
  return id;
}

MonotonicTime now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

Lease::Lease(Store& store, LeaseOptions options)
    : store_(store), options_(std::move(options)), holder_(new_holder()) {}

bool Lease::leads() const {
  return now() < held_until_.load();
}

Task<Status> Lease::take(MonotonicTime deadline) {
  MonotonicTime asked_at;
  const auto taken = co_await store_.write(deadline, [&](Session& session) -> Task<Result<bool>> {
    asked_at = now();
    // now() would be when the transaction began, which may have waited for another since.
    const auto rows = co_await session.run(
        "INSERT INTO lease AS held(name, holder, expires_at)"
        " VALUES($1, $2, clock_timestamp() + $3 * interval '1 millisecond')"
        " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder,"
        " expires_at = clock_timestamp() + $3 * interval '1 millisecond'"
        " WHERE held.holder = $2 OR held.expires_at <= clock_timestamp() RETURNING true",
        options_.name, holder_, options_.life.count());
    co_return !rows.empty();
  });
  // Where nobody knows what became of it, what was held is held for as long as before.
  if (!taken) co_return std::unexpected(taken.error());
  held_until_ =
      *taken ? asked_at + options_.life - options_.life / share_kept_for_drift : MonotonicTime::min();
  co_return Status{};
}

Task<Status> Lease::release(MonotonicTime deadline) {
  held_until_ = MonotonicTime::min();
  co_return co_await store_.write(deadline, [&](Session& session) -> Task<Status> {
    co_await session.run("DELETE FROM lease WHERE name = $1 AND holder = $2", options_.name, holder_);
    co_return Status{};
  });
}

Task<void> Lease::run(BackgroundLoops::StopFlag stop) {
  bool led = false;
  while (!stop.stopping()) {
    // The server is not asked in vain for longer than it takes another to follow.
    if (const auto looked = co_await take(now() + options_.life / 2); !looked && leads() != led)
      spdlog::warn("who leads the processes of this service is not known: {}", looked.error().message);
    if (leads() != led)
      spdlog::info(led ? "another process leads now, or none" : "this process leads the others");
    led = leads();
    co_await stop.sleep_for(options_.pace);
  }
  (void)co_await release(now() + options_.life / 2);
}

}  // namespace cloudcart::postgres
