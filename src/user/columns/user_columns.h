#pragma once

#include <string_view>

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

}  // namespace cloudcart::user
