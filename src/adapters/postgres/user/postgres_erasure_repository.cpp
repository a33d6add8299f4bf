#include "adapters/postgres/user/postgres_erasure_repository.h"

#include "adapters/postgres/user/revocation_rows.h"
#include "adapters/postgres/user/session_rows.h"
#include "adapters/postgres/user/user_rows.h"

namespace cloudcart::postgres {
namespace {

using privacy::ErasureState;
using MaybeState = Result<std::optional<ErasureState>>;

/// Each report of an erasure with the erasure's own columns before it, for read_state().
#define CLOUDCART_ERASURE_STATE                                                                            \
  "SELECT erasure.seq, tenant, user_id, requested_at, by_owner, holder, reported_at, is_done, open_orders" \
  " FROM erasure JOIN erasure_report ON erasure_report.seq = erasure.seq"

/// A row as if it began at a later column.
class Behind {
 public:
  Behind(const Row& row, int columns) : row_(row), columns_(columns) {}
  std::int64_t integer(int column) const { return row_.integer(column + columns_); }
  bool boolean(int column) const { return row_.boolean(column + columns_); }
  std::string_view text(int column) const { return row_.text(column + columns_); }
  Timestamp timestamp(int column) const { return row_.timestamp(column + columns_); }

 private:
  const Row& row_;
  const int columns_;
};

std::optional<ErasureState> read_state(const Rows& rows) {
  std::optional<ErasureState> state;
  for (const auto row : rows) {
    if (!state) state = user::new_state(user::read_erasure(row), row.boolean(4));
    user::read_report(Behind(row, 5), *state);
  }
  return state;
}

std::vector<privacy::Erasure> read_erasures(const Rows& rows) {
  std::vector<privacy::Erasure> erasures;
  for (const auto row : rows) erasures.push_back(user::read_erasure(row));
  return erasures;
}

Query selecting_state(const TenantId& tenant, UserId user) {
  return query(CLOUDCART_ERASURE_STATE " WHERE tenant = $1 AND user_id = $2", tenant.value, user);
}

/// Numbered by the counter of revocations, which its transaction holds until the commit: numbers become visible in their
/// order.
Query inserting(const user::ErasureRequest& request) {
  std::vector<std::string> holders;
  for (const auto holder : privacy::all_holders) holders.emplace_back(to_string(holder));
  return query(
      "WITH counter AS (UPDATE revocation_counter SET seq = seq + 1 RETURNING seq),"
      " added AS (INSERT INTO erasure(seq, tenant, user_id, requested_at, by_owner, receipt)"
      " SELECT seq, $1, $2, $3, $4, $5 FROM counter RETURNING seq)"
      " INSERT INTO erasure_report(seq, holder, reported_at, is_done, open_orders)"
      " SELECT seq, holder, 0, false, 0 FROM added, unnest($6) AS holders(holder) RETURNING seq",
      request.tenant.value, request.user, request.at, request.by_owner, Bytes{request.receipt_hash}, holders);
}

/// Of an erasure in spite of which an account was found.
Query beginning_anew(const privacy::Erasure& erasure, Timestamp at) {
  return query(
      "WITH renewed AS (UPDATE erasure SET requested_at = $2 WHERE seq = $1)"
      " UPDATE erasure_report SET reported_at = 0, is_done = false, open_orders = 0 WHERE seq = $1"
      " RETURNING seq",
      erasure.seq, at);
}

Task<Result<user::ErasedAccount>> erase_account(Session& transaction, user::ErasureRequest request) {
  std::vector<Query> first{selecting_for_update(request.tenant, request.user),
                           selecting_last_access_expiry_for_update(request.tenant, request.user),
                           selecting_state(request.tenant, request.user)};
  const auto answers = co_await transaction.run_all(std::move(first));
  const auto before = read_state(answers[2]);
  auto account = read_found_user(answers[0], request.tenant);
  if (!account && !before) co_return fail(Error::not_found("Account"));
  user::ErasedAccount erased{.state = before.value_or(ErasureState{}), .is_new = !before, .revoked = {}};
  if (!account) co_return erased;
  user::apply(user::AccountChange{.role = {}, .is_active = false, .password_hash = {}}, request.at, *account);
  if (!answers[1][0].is_null(0)) {
    erased.revoked.push_back({.tenant = request.tenant,
                              .what = auth::RightsChanged{request.user, account->rights_since},
                              .expires_at = answers[1][0].timestamp(0)});
  }
  std::vector<Query> removing{
      removing_codes_of(request.tenant, request.user), removing_sessions_of(request.tenant, request.user),
      query("DELETE FROM account WHERE tenant = $1 AND id = $2", request.tenant.value, request.user),
      before ? beginning_anew(before->erasure, request.at) : inserting(request)};
  const auto removed = co_await transaction.run_all(std::move(removing));
  erased.state = user::new_state({.seq = removed[3][0].integer(0),
                                  .tenant = request.tenant,
                                  .user = request.user,
                                  .requested_at = request.at},
                                 before ? before->by_owner : request.by_owner);
  erased.revoked = co_await commit_with(transaction, {}, std::move(erased.revoked));
  co_return erased;
}

}  // namespace

Task<Result<user::ErasedAccount>> PostgresErasureRepository::erase(user::ErasureRequest request,
                                                                   Deadline deadline) {
  return store_.write(
      deadline, [request = std::move(request)](Session& transaction) -> Task<Result<user::ErasedAccount>> {
        return erase_account(transaction, request);
      });
}

Task<MaybeState> PostgresErasureRepository::find(TenantId tenant, UserId user, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, selecting_state(tenant, user)));
  co_return read_state(rows);
}

Task<MaybeState> PostgresErasureRepository::find_by_receipt(TenantId tenant, std::string receipt_hash,
                                                            Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, query(CLOUDCART_ERASURE_STATE
                                                                        " WHERE tenant = $1 AND receipt = $2",
                                                                        tenant.value, Bytes{receipt_hash})));
  co_return read_state(rows);
}

Task<Result<privacy::ErasureBatch>> PostgresErasureRepository::read(std::int64_t after, std::int64_t limit,
                                                                    Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(deadline, query("SELECT " CLOUDCART_ERASURE_COLUMNS
                                                       " FROM erasure WHERE seq > $1 ORDER BY seq LIMIT $2",
                                                       after, limit)));
  CLOUDCART_CO_TRY(const auto highest,
                   co_await store_.ask(deadline, query("SELECT coalesce(max(seq), 0) FROM erasure")));
  privacy::ErasureBatch batch{
      .erasures = read_erasures(rows), .last = after, .highest = highest[0].integer(0)};
  if (!batch.erasures.empty()) batch.last = batch.erasures.back().seq;
  co_return batch;
}

Task<Result<std::vector<privacy::Erasure>>> PostgresErasureRepository::outstanding(privacy::Holder holder,
                                                                                   Timestamp reported_before,
                                                                                   std::int64_t limit,
                                                                                   Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store_.ask(
                       deadline, query("SELECT erasure.seq, tenant, user_id, requested_at FROM erasure_report"
                                       " JOIN erasure ON erasure.seq = erasure_report.seq"
                                       " WHERE holder = $1 AND NOT is_done AND reported_at <= $2 ORDER BY "
                                       "reported_at, erasure.seq LIMIT $3",
                                       to_string(holder), reported_before, limit)));
  co_return read_erasures(rows);
}

Task<Status> PostgresErasureRepository::report(privacy::ErasureReport report, Deadline deadline) {
  return store_.write(deadline, [report = std::move(report)](Session& transaction) -> Task<Status> {
    co_await transaction.run(
        "UPDATE erasure_report SET reported_at = $4, is_done = $5, open_orders = $6 WHERE NOT is_done"
        " AND holder = $3 AND seq = (SELECT seq FROM erasure WHERE tenant = $1 AND user_id = $2)",
        report.tenant.value, report.user, to_string(report.holder), report.at, report.erased.is_done,
        report.erased.open_orders);
    co_return Status{};
  });
}

Task<Result<std::int64_t>> PostgresErasureRepository::repeat_all(Deadline deadline) {
  return store_.write(deadline, [](Session& transaction) -> Task<Result<std::int64_t>> {
    std::vector<Query> statements{
        query("UPDATE erasure_report SET reported_at = 0, is_done = false, open_orders = 0"),
        query("SELECT count(*) FROM erasure")};
    const auto answers = co_await transaction.run_all(std::move(statements));
    co_return answers[1][0].integer(0);
  });
}

/// Old versions of rows go when the server vacuums its tables, which is the server's business: docs/PRIVACY.md.
Task<Status> PostgresErasureRepository::forget_deleted(Deadline) {
  co_return Status{};
}

}  // namespace cloudcart::postgres
