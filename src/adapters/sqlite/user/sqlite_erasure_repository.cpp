#include "adapters/sqlite/user/sqlite_erasure_repository.h"

#include "adapters/sqlite/user/session_rows.h"
#include "adapters/sqlite/user/user_rows.h"

namespace cloudcart::sqlite {
namespace {

using privacy::ErasureState;
using MaybeState = Result<std::optional<ErasureState>>;

/// The state of the erasure that `row`, of CLOUDCART_ERASURE_COLUMNS and by_owner, stands on.
std::optional<ErasureState> read_state(Connection& connection, Statement row) {
  if (!row.step()) return std::nullopt;
  auto state = user::new_state(user::read_erasure(row), row.boolean(4));
  auto reports = connection.prepare(
      "SELECT holder, reported_at, is_done, open_orders FROM erasure_report WHERE seq = ?");
  reports.bind(state.erasure.seq);
  while (reports.step()) user::read_report(reports, state);
  return state;
}

std::optional<ErasureState> find_state(Connection& connection, const TenantId& tenant, UserId user) {
  auto row = connection.prepare("SELECT " CLOUDCART_ERASURE_COLUMNS
                                ", by_owner FROM erasure WHERE tenant = ? AND user_id = ?");
  row.bind_all(tenant.value, user);
  return read_state(connection, std::move(row));
}

ErasureState insert_erasure(Connection& connection, const user::ErasureRequest& request) {
  connection
      .prepare("INSERT INTO erasure(tenant, user_id, requested_at, by_owner, receipt) VALUES(?, ?, ?, ?, ?)")
      .bind_all(request.tenant.value, request.user, request.at, request.by_owner)
      .bind_blob(request.receipt_hash)
      .run();
  const auto seq = connection.last_insert_rowid();
  for (const auto holder : privacy::all_holders) {
    connection
        .prepare(
            "INSERT INTO erasure_report(seq, holder, reported_at, is_done, open_orders) VALUES(?, ?, 0, 0, "
            "0)")
        .bind_all(seq, to_string(holder))
        .run();
  }
  return user::new_state(
      {.seq = seq, .tenant = request.tenant, .user = request.user, .requested_at = request.at},
      request.by_owner);
}

/// An account was found in spite of it.
ErasureState begin_anew(Connection& connection, const privacy::Erasure& erasure,
                        const user::ErasureRequest& request) {
  connection.prepare("UPDATE erasure SET requested_at = ? WHERE seq = ?")
      .bind_all(request.at, erasure.seq)
      .run();
  connection.prepare("UPDATE erasure_report SET reported_at = 0, is_done = 0, open_orders = 0 WHERE seq = ?")
      .bind_all(erasure.seq)
      .run();
  return find_state(connection, request.tenant, request.user).value();
}

void remove_account(Connection& connection, const TenantId& tenant, UserId user) {
  remove_sessions_of(connection, tenant, user);
  remove_codes_of(connection, tenant, user);
  connection.prepare("DELETE FROM user WHERE tenant = ? AND id = ?").bind_all(tenant.value, user).run();
}

Result<user::ErasedAccount> erase_account(Connection& connection, const user::ErasureRequest& request) {
  const auto before = find_state(connection, request.tenant, request.user);
  auto account = find_user(connection, request.tenant, request.user);
  if (!account && !before) return fail(Error::not_found("Account"));
  user::ErasedAccount erased{.state = before.value_or(ErasureState{}), .is_new = !before, .revoked = {}};
  if (!account) return erased;
  user::apply(user::AccountChange{.role = {}, .is_active = false, .password_hash = {}}, request.at, *account);
  if (const auto expiry = last_access_expiry(connection, request.tenant, request.user)) {
    erased.revoked.push_back(
        record(connection, {.tenant = request.tenant,
                            .what = auth::RightsChanged{request.user, account->rights_since},
                            .expires_at = *expiry}));
  }
  remove_account(connection, request.tenant, request.user);
  erased.state =
      before ? begin_anew(connection, before->erasure, request) : insert_erasure(connection, request);
  return erased;
}

}  // namespace

Task<Result<user::ErasedAccount>> SqliteErasureRepository::erase(user::ErasureRequest request,
                                                                 Deadline deadline) {
  return store_.write(deadline, [request = std::move(request)](Connection& connection) {
    return erase_account(connection, request);
  });
}

Task<MaybeState> SqliteErasureRepository::find(TenantId tenant, UserId user, Deadline deadline) {
  return store_.read(deadline, [tenant = std::move(tenant), user](Connection& connection) -> MaybeState {
    return find_state(connection, tenant, user);
  });
}

Task<MaybeState> SqliteErasureRepository::find_by_receipt(TenantId tenant, std::string receipt_hash,
                                                          Deadline deadline) {
  return store_.read(
      deadline,
      [tenant = std::move(tenant), hash = std::move(receipt_hash)](Connection& connection) -> MaybeState {
        auto row = connection.prepare("SELECT " CLOUDCART_ERASURE_COLUMNS
                                      ", by_owner FROM erasure WHERE tenant = ? AND receipt = ?");
        row.bind(tenant.value).bind_blob(hash);
        return read_state(connection, std::move(row));
      });
}

Task<Result<privacy::ErasureBatch>> SqliteErasureRepository::read(std::int64_t after, std::int64_t limit,
                                                                  Deadline deadline) {
  return store_.read(deadline, [=](Connection& connection) -> Result<privacy::ErasureBatch> {
    auto rows = connection.prepare("SELECT " CLOUDCART_ERASURE_COLUMNS
                                   " FROM erasure WHERE seq > ? ORDER BY seq LIMIT ?");
    rows.bind_all(after, limit);
    privacy::ErasureBatch batch{.erasures = {}, .last = after, .highest = 0};
    while (rows.step()) batch.erasures.push_back(user::read_erasure(rows));
    auto highest = connection.prepare("SELECT coalesce(max(seq), 0) FROM erasure");
    if (highest.step()) batch.highest = highest.integer(0);
    if (!batch.erasures.empty()) batch.last = batch.erasures.back().seq;
    return batch;
  });
}

Task<Result<std::vector<privacy::Erasure>>> SqliteErasureRepository::outstanding(privacy::Holder holder,
                                                                                 Timestamp reported_before,
                                                                                 std::int64_t limit,
                                                                                 Deadline deadline) {
  return store_.read(deadline, [=](Connection& connection) -> Result<std::vector<privacy::Erasure>> {
    auto rows = connection.prepare(
        "SELECT erasure.seq, tenant, user_id, requested_at FROM erasure_report JOIN erasure USING (seq)"
        " WHERE holder = ? AND is_done = 0 AND reported_at <= ? ORDER BY reported_at, seq LIMIT ?");
    rows.bind_all(to_string(holder), reported_before, limit);
    std::vector<privacy::Erasure> erasures;
    while (rows.step()) erasures.push_back(user::read_erasure(rows));
    return erasures;
  });
}

Task<Status> SqliteErasureRepository::report(privacy::ErasureReport report, Deadline deadline) {
  return store_.write(deadline, [report = std::move(report)](Connection& connection) -> Status {
    connection
        .prepare(
            "UPDATE erasure_report SET reported_at = ?, is_done = ?, open_orders = ? WHERE is_done = 0"
            " AND holder = ? AND seq = (SELECT seq FROM erasure WHERE tenant = ? AND user_id = ?)")
        .bind_all(report.at, report.erased.is_done, report.erased.open_orders, to_string(report.holder),
                  report.tenant.value, report.user)
        .run();
    return {};
  });
}

Task<Result<std::int64_t>> SqliteErasureRepository::repeat_all(Deadline deadline) {
  return store_.write(deadline, [](Connection& connection) -> Result<std::int64_t> {
    connection.prepare("UPDATE erasure_report SET reported_at = 0, is_done = 0, open_orders = 0").run();
    auto row = connection.prepare("SELECT count(*) FROM erasure");
    row.step();
    return row.integer(0);
  });
}

Task<Status> SqliteErasureRepository::forget_deleted(Deadline deadline) {
  return store_.forget_deleted(deadline);
}

}  // namespace cloudcart::sqlite
