#pragma once

#include <boost/json/value.hpp>

#include "app/commands/command_loop.h"
#include "app/platform/ground.h"
#include "http/beast/client.h"

namespace cloudcart::app {

/// The user service that serves the data folder, asked by a command of the operator.
class ServedUsers {
 public:
  ServedUsers(Ground& ground, const std::string& address) : ground_(ground), client_({.base_url = address}) {}

  /// `body`: JSON. Errors: what the answer says when it is none of success; unavailable when nobody is there.
  Result<http::Response> send(http::Method method, std::string target, std::string body = {});
  /// The `data` of the answer.
  Result<boost::json::value> data(http::Method method, std::string target, std::string body = {});

 private:
  Ground& ground_;
  CommandLoop loop_;
  http::BeastClient client_;
};

}  // namespace cloudcart::app
