#pragma once

#include <string>

#include "core/caller.h"
#include "core/result.h"
#include "runtime/task.h"

namespace cloudcart::privacy {

/// A part of what a service holds of a person.
struct PersonalDataPage {
  std::string items;  ///< JSON values with commas between them; empty: none
  std::string next;   ///< where the next page begins; empty: there is none
};

/// What another service holds of a person, as JSON that it makes itself, page by page, so that a document of any length
/// takes little memory. Errors: unavailable, overloaded, deadline_exceeded; validation_failed for an `after` that no page
/// gave.
class PersonalData {
 public:
  virtual ~PersonalData() = default;
  /// `after`: empty, or the `next` of the page before.
  virtual Task<Result<PersonalDataPage>> page(TenantId tenant, UserId user, std::string after,
                                              Deadline deadline) = 0;
};

}  // namespace cloudcart::privacy
