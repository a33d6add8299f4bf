#pragma once

#include <string>

#include <boost/json/value.hpp>

#include "core/caller.h"
#include "http/client.h"

namespace cloudcart::http {

/// Calls routes of another service: JSON out, the answer's `data` in.
class ServiceCaller {
 public:
  ServiceCaller(Client& service, ServiceToken token) : service_(service), token_(std::move(token)) {}

  /// `data` of a 2xx answer, null when it has none. Errors: those of the client, and the error that the
  /// answer carried; unavailable for a GET and outcome_unknown for a POST whose 2xx answer cannot be read.
  Task<Result<boost::json::value>> get(TenantId tenant, std::string target, Deadline deadline);
  Task<Result<boost::json::value>> post(TenantId tenant, std::string target, std::string json,
                                        Deadline deadline);

  /// When the service holds something against this one (no such route, a token it does not take, a defect),
  /// that is nothing the caller of this service did: unavailable. Errors of `meant` and those of every port
  /// stay as they are.
  static Error for_caller(Error error, std::initializer_list<ErrorCode> meant);

 private:
  Task<Result<boost::json::value>> send(TenantId tenant, ClientRequest request, ErrorCode when_unreadable,
                                        Deadline deadline);

  Client& service_;
  const ServiceToken token_;
};

}  // namespace cloudcart::http
