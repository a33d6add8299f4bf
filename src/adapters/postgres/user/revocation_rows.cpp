#include "adapters/postgres/user/revocation_rows.h"

namespace cloudcart::postgres {
namespace {

/// They are numbered in the order that they are given in; answers the numbers in that order.
Query recording(const std::vector<auth::Revocation>& revocations) {
  std::vector<std::string> tenants;
  std::vector<std::int64_t> expiries, not_before;
  std::vector<bool> are_sessions;
  std::vector<Uuid> ids;
  for (const auto& revocation : revocations) {
    const auto* ended = std::get_if<auth::SessionEnded>(&revocation.what);
    const auto* changed = std::get_if<auth::RightsChanged>(&revocation.what);
    tenants.push_back(revocation.tenant.value);
    expiries.push_back(to_unix_ms(revocation.expires_at));
    are_sessions.push_back(ended != nullptr);
    ids.push_back(ended ? ended->session.value : changed->user.value);
    not_before.push_back(ended ? 0 : to_unix_ms(changed->not_before));
  }
  return query(
      "WITH counter AS (UPDATE revocation_counter SET seq = seq + cardinality($1) RETURNING seq)"
      " INSERT INTO revocation(seq, tenant, expires_at, session_id, user_id, not_before)"
      " SELECT seq - cardinality($1) + place, tenant, expires_at, CASE WHEN is_session THEN id END,"
      " CASE WHEN NOT is_session THEN id END, CASE WHEN NOT is_session THEN not_before END"
      " FROM counter, unnest($1, $2, $3, $4, $5) WITH ORDINALITY"
      " AS entry(tenant, expires_at, is_session, id, not_before, place)"
      " ORDER BY place RETURNING seq",
      tenants, expiries, are_sessions, ids, not_before);
}

}  // namespace

Task<std::vector<auth::Revocation>> commit_with(Session& transaction, std::vector<Query> last,
                                                std::vector<auth::Revocation> revocations) {
  if (!revocations.empty()) last.push_back(recording(revocations));
  if (last.empty()) co_return revocations;
  const auto answers = co_await transaction.commit(std::move(last));
  for (std::size_t i = 0; i < revocations.size(); ++i) revocations[i].seq = answers.back()[i].integer(0);
  co_return revocations;
}

Query selecting_revocations(std::int64_t after, std::int64_t limit, Timestamp now) {
  return query(
      "SELECT seq, tenant, expires_at, session_id, user_id, not_before FROM revocation"
      " WHERE seq > $1 AND expires_at > $2 ORDER BY seq LIMIT $3",
      after, now, limit);
}

}  // namespace cloudcart::postgres
