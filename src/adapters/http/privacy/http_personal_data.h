#pragma once

#include "http/service_caller.h"
#include "privacy/personal_data.h"

namespace cloudcart::privacy {

/// What a service of another process holds: GET /internal/personal-data/{user}?after=….
class HttpPersonalData final : public PersonalData {
 public:
  HttpPersonalData(http::Client& service, http::ServiceToken token) : service_(service, std::move(token)) {}
  Task<Result<PersonalDataPage>> page(TenantId tenant, UserId user, std::string after,
                                      Deadline deadline) override;

 private:
  http::ServiceCaller service_;
};

}  // namespace cloudcart::privacy
