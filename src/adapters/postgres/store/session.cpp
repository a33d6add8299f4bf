#include "adapters/postgres/store/session.h"

#include <stdexcept>

#include "adapters/postgres/store/connection.h"

namespace cloudcart::postgres {
namespace {

const Query commit_query{"COMMIT", {}};
const Query rollback_query{"ROLLBACK", {}};

}  // namespace

Task<Rows> Session::run(Query query) {
  std::vector<Query> queries;
  queries.push_back(std::move(query));
  auto rows = co_await exchange(std::move(queries), false);
  co_return std::move(rows.front());
}

Task<std::vector<Rows>> Session::run_all(std::vector<Query> queries) {
  return exchange(std::move(queries), false);
}

Task<std::vector<Rows>> Session::commit(std::vector<Query> queries) {
  return exchange(std::move(queries), true);
}

Task<std::vector<Rows>> Session::exchange(std::vector<Query> queries, bool with_commit) {
  if (ended_ || committing_) throw std::logic_error("the transaction has ended");
  std::vector<const Query*> all;
  const auto opening = begun_ ? 0 : begin_.size();
  all.reserve(opening + queries.size() + 1);
  if (!begun_)
    for (const auto& one : begin_) all.push_back(&one);
  for (const auto& one : queries) all.push_back(&one);
  if (with_commit) all.push_back(&commit_query);
  begun_ = true;
  committing_ = with_commit;
  auto rows = co_await connection_.exchange(std::move(all));
  ended_ = with_commit;
  // So it answers when an earlier statement failed and that was passed over.
  if (with_commit && rows.back().command() != "COMMIT")
    throw Failure("25P02", "", "The transaction was rolled back, because a statement of it had failed.");
  rows.erase(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(opening));
  if (with_commit) rows.pop_back();
  co_return rows;
}

Task<void> Session::finish() {
  if (begun_ && !ended_ && !begin_.empty()) co_await exchange({}, true);
}

Task<void> Session::roll_back() {
  if (!connection_.is_spent() && connection_.in_transaction())
    co_await connection_.exchange({&rollback_query});
}

}  // namespace cloudcart::postgres
