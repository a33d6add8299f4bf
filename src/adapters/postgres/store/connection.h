#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "adapters/postgres/store/failure.h"
#include "adapters/postgres/store/query.h"
#include "runtime/event_loop.h"

namespace cloudcart::postgres {

/// What a connection is opened with.
struct ConnectionSettings {
  std::string url;
  std::string schema;            ///< the search path
  std::string application_name;  ///< as pg_stat_activity shows it
  milliseconds statement_timeout{0};
};

/// One connection in pipeline mode; lives on one event loop, used by one coroutine at a time. All throw Failure; one without
/// an SQLSTATE means that the connection is of no use any more.
class Connection {
 public:
  explicit Connection(EventLoop& loop);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Until when the calls that follow may wait for the server.
  void wait_until(MonotonicTime until);
  Task<void> open(ConnectionSettings settings);
  /// Sends all, and one synchronisation point after them, in one round trip, which is a span. The first that fails is thrown, after the answer has
  /// been read to its end; those behind it were not run.
  Task<std::vector<Rows>> exchange(std::vector<const Query*> queries);

  /// To be replaced: it broke, or what it has prepared is not true any more.
  bool is_spent() const;
  /// Neither idle nor gone: BEGIN without an end.
  bool in_transaction() const;

 private:
  struct Impl;

  Task<std::vector<Rows>> round_trip(std::vector<const Query*> queries);
  void describe(Span& span, std::span<const Query* const> queries) const;

  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart::postgres
