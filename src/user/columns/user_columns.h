#pragma once

#include <string_view>

#include "user/ports/erasure_repository.h"
#include "user/ports/session_repository.h"
#include "user/ports/user_repository.h"

namespace cloudcart::user {

/// How accounts and revocations are rows, for adapters that keep them in tables. A Row is any that reads columns by their
/// number, from 0.

/// The columns in the order that read_user() expects.
#define CLOUDCART_USER_COLUMNS \
  "id, email, first_name, last_name, role, is_active, password_hash, rights_since, created_at, updated_at"

template <class Row>
User read_user(const Row& row, const TenantId& tenant) {
  return {.tenant = tenant,
          .id = row.template id<UserId>(0),
          .email = row.string(1),
          .first_name = row.string(2),
          .last_name = row.string(3),
          .role = parse_role(row.text(4)).value(),
          .is_active = row.boolean(5),
          .password_hash = row.string(6),
          .rights_since = row.timestamp(7),
          .created_at = row.timestamp(8),
          .updated_at = row.timestamp(9)};
}

/// The columns in the order that read_session() expects.
#define CLOUDCART_SESSION_COLUMNS "id, user_id, created_at, access_expires_at, expires_at"

/// Without its refresh_hash.
template <class Row>
Session read_session(const Row& row, const TenantId& tenant) {
  return {.tenant = tenant,
          .id = row.template id<SessionId>(0),
          .user = row.template id<UserId>(1),
          .refresh_hash = {},
          .created_at = row.timestamp(2),
          .access_expires_at = row.timestamp(3),
          .expires_at = row.timestamp(4)};
}

/// Of the columns seq, tenant, expires_at, session_id, user_id, not_before. Without a session it is an account's.
template <class Row>
auth::Revocation read_revocation(const Row& row) {
  auth::Revocation entry{.seq = row.integer(0), .tenant = {row.string(1)}, .expires_at = row.timestamp(2)};
  if (!row.is_null(3)) {
    entry.what = auth::SessionEnded{row.template id<SessionId>(3)};
  } else {
    entry.what = auth::RightsChanged{row.template id<UserId>(4), row.timestamp(5)};
  }
  return entry;
}

/// The columns in the order that read_erasure() expects.
#define CLOUDCART_ERASURE_COLUMNS "seq, tenant, user_id, requested_at"

template <class Row>
privacy::Erasure read_erasure(const Row& row) {
  return {.seq = row.integer(0),
          .tenant = {row.string(1)},
          .user = row.template id<UserId>(2),
          .requested_at = row.timestamp(3)};
}

/// Of the columns holder, reported_at, is_done, open_orders: sets what that holder has reported.
template <class Row>
void read_report(const Row& row, privacy::ErasureState& state) {
  auto& part = state.parts[static_cast<std::size_t>(privacy::parse_holder(row.text(0)).value())];
  if (row.integer(1) != 0) part.reported_at = row.timestamp(1);
  part.erased = {.is_done = row.boolean(2), .open_orders = row.integer(3)};
}

/// One that nobody has reported on.
inline privacy::ErasureState new_state(privacy::Erasure erasure, bool by_owner) {
  privacy::ErasureState state{.erasure = std::move(erasure), .by_owner = by_owner, .parts = {}};
  for (const auto holder : privacy::all_holders)
    state.parts.push_back({.holder = holder, .erased = {}, .reported_at = {}});
  return state;
}

}  // namespace cloudcart::user
