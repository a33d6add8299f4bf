#pragma once

#include <vector>

#include "adapters/postgres/store/failure.h"
#include "adapters/postgres/store/query.h"
#include "runtime/task.h"

namespace cloudcart::postgres {

class Connection;

/// One transaction on one connection; used by one coroutine at a time, on the store's thread. BEGIN travels with the
/// first statements, so that a transaction costs no round trip of its own. All throw Failure, after which the transaction can
/// only end.
class Session {
 public:
  Session(Connection& connection, std::vector<Query> begin)
      : connection_(connection), begin_(std::move(begin)) {}

  Task<Rows> run(Query query);
  template <class... Ts>
  Task<Rows> run(std::string_view sql, const Ts&... values) {
    return run(query(sql, values...));
  }
  /// All in one round trip; one answer each. The first that fails ends it.
  Task<std::vector<Rows>> run_all(std::vector<Query> queries);
  /// The last statements of the transaction and its COMMIT, in one round trip. Nothing can be run after it; what the
  /// transaction answers must not be an error any more.
  Task<std::vector<Rows>> commit(std::vector<Query> queries);

 private:
  friend class Store;

  Task<std::vector<Rows>> exchange(std::vector<Query> queries, bool with_commit);
  /// COMMIT, unless that has been done or nothing was begun.
  Task<void> finish();
  /// Leaves the connection as it was found.
  Task<void> roll_back();
  /// COMMIT was sent and no answer has come.
  bool is_in_doubt() const { return committing_ && !ended_; }

  Connection& connection_;
  const std::vector<Query> begin_;  ///< what opens the transaction; none: each exchange is one
  bool begun_ = false;
  bool committing_ = false;
  bool ended_ = false;
};

}  // namespace cloudcart::postgres
