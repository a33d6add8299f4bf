#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/revocation.h"
#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"
#include "user/domain/session.h"
#include "user/domain/user.h"

namespace cloudcart::user {

/// An account after a change of its rights, and which tokens that ended.
struct ChangedAccount {
  User user;
  std::vector<auth::Revocation> revoked;  ///< in the feed already; to be applied in this process at once
};

struct UserPageQuery {
  std::int64_t limit = 20;
  std::int64_t offset = 0;       ///< ignored with `before`
  std::optional<UserId> before;  ///< the last account of the page before
};

struct UserPage {
  std::vector<User> users;
  std::int64_t total = 0;      ///< accounts of the tenant
  std::optional<UserId> next;  ///< for `before`; empty at the end
};

/// Accounts whose address, whole name or last name begins so; the case of A to Z makes no difference.
struct UserSearch {
  std::string beginning;  ///< not empty
  std::int64_t limit = 10;
};

/// The accounts. Every call sees and changes one tenant's only; each is atomic, and what it answered is on
/// disk.
///
/// E-mail addresses are unique within a tenant by email_key(). Errors of all: unavailable, overloaded,
/// deadline_exceeded; of writes also outcome_unknown.
class UserRepository {
 public:
  virtual ~UserRepository() = default;

  /// Adds an account and, with it, the session that it starts with. Errors: conflict (field email) when the
  /// address is taken.
  virtual Task<Status> add(User user, std::optional<Session> session, Deadline deadline) = 0;

  /// Those of `ids` that exist, in the order of `ids`.
  virtual Task<Result<std::vector<User>>> find(TenantId tenant, std::vector<UserId> ids,
                                               Deadline deadline) = 0;
  virtual Task<Result<std::optional<User>>> find_by_email(TenantId tenant, std::string email,
                                                          Deadline deadline) = 0;

  /// In the order of their addresses, without regard to case.
  virtual Task<Result<std::vector<User>>> search(TenantId tenant, UserSearch search, Deadline deadline) = 0;

  /// Newest first, which is the order of ids, greatest first.
  virtual Task<Result<UserPage>> list(TenantId tenant, UserPageQuery query, Deadline deadline) = 0;
  virtual Task<Result<std::int64_t>> count(TenantId tenant, Deadline deadline) = 0;

  /// The account after the change. Errors: not_found; conflict (field email) when another account has the
  /// address.
  virtual Task<Result<User>> change_profile(TenantId tenant, UserId id, ProfileChange change, Timestamp now,
                                            Deadline deadline) = 0;

  /// Changes rights: `rights_since` moves to next_rights_since(), the tokens that are still alive are
  /// revoked, the account's one-use codes removed, and the sessions ended where change.ends_sessions(). A change to what is already so changes
  /// nothing. Errors: not_found; conflict when the account does not fit what the change expects.
  virtual Task<Result<ChangedAccount>> change_account(TenantId tenant, UserId id, AccountChange change,
                                                      Timestamp now, Deadline deadline) = 0;

  /// Puts the same password's hash of another cost in place of `old_hash`; nothing when that is no longer the
  /// hash.
  virtual Task<Status> replace_password_hash(TenantId tenant, UserId id, std::string old_hash,
                                             std::string new_hash, Deadline deadline) = 0;

  /// Adds accounts from elsewhere. One whose id or e-mail is there already is left as it is, so that an
  /// import can be repeated; one that was erased (ErasureRepository) does not come back. Answers how many were new.
  virtual Task<Result<std::size_t>> import_users(std::vector<User> users, Deadline deadline) = 0;
};

}  // namespace cloudcart::user
