#pragma once

#include <map>

#include "core/clock.h"
#include "core/json_writer.h"
#include "privacy/personal_data.h"
#include "user/ports/session_repository.h"
#include "user/ports/user_repository.h"

namespace cloudcart::user {

/// One JSON document, piece by piece: the account and its sessions, and what other services hold.
class AccountExport {
 public:
  struct Section {
    std::string name;  ///< of the array in the document
    privacy::PersonalData* data;
  };
  AccountExport(std::string beginning, TenantId tenant, UserId user, std::vector<Section> sections)
      : beginning_(std::move(beginning)),
        tenant_(std::move(tenant)),
        user_(user),
        sections_(std::move(sections)) {}

  /// The next piece of the document; nullopt at its end. Errors: those of the services asked; then the document stays
  /// without its end, which nobody can take for a whole one.
  Task<Result<std::optional<std::string>>> next(Deadline deadline);

 private:
  std::string beginning_;  ///< an open object; given out first
  const TenantId tenant_;
  const UserId user_;
  const std::vector<Section> sections_;
  std::size_t section_ = 0;
  bool is_open_ = false;  ///< the array of the section
  bool has_items_ = false;
  bool is_over_ = false;
  std::string after_;
};

/// What is held of a person, for the person and for admins.
class ExportAccount {
 public:
  ExportAccount(UserRepository& users, SessionRepository& sessions, const Clock& clock,
                std::vector<AccountExport::Section> sections)
      : users_(users), sessions_(sessions), clock_(clock), sections_(std::move(sections)) {}

  /// Errors: not_found, also for somebody else's account unless the caller is an admin.
  Task<Result<AccountExport>> operator()(Caller caller, UserId user);
  Task<Result<AccountExport>> as_operator(Caller caller, UserId user);

 private:
  UserRepository& users_;
  SessionRepository& sessions_;
  const Clock& clock_;
  const std::vector<AccountExport::Section> sections_;
};

}  // namespace cloudcart::user
