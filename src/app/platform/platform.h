#pragma once

#include <map>
#include <memory>
#include <string>

#include "app/config/config.h"
#include "app/platform/ground.h"
#include "app/platform/user_unit.h"

namespace cloudcart::app {

struct ListedRoute {
  std::string service;  ///< a service, or "platform" for what every server or the gateway answers
  std::string method;
  std::string path;
  std::vector<std::string_view> roles;
  std::string audit;  ///< the action that is recorded of the staff, "only reads", or empty: nothing has to be
};

/// The composition root: the services that a configuration asks for, wired and listening. The only place that
/// knows which adapter stands behind which port.
class Platform {
 public:
  /// Opens stores, wires and binds ports. Throws std::runtime_error with a sentence for the operator.
  explicit Platform(const Config& config);
  /// Stops if it has not been stopped.
  ~Platform();

  /// Answers once everything listens and is ready. Throws like the constructor.
  void start();
  /// Says at /ready that it goes, stops accepting after a while, lets requests and loops finish, commits and closes.
  void stop();

  /// "user", "product", …, "gateway", "dashboard" → "http://host:port", of what this process serves.
  std::map<std::string, std::string> addresses() const;
  /// Every route of the services that run here, each once.
  std::vector<ListedRoute> routes() const;
  /// A one-use link that signs in the account of this e-mail. Errors: not_found, and where this process has
  /// no user service or no dashboard.
  Result<std::string> sign_in_link(const std::string& email);
  /// The token that makes the first admin, to be shown once; empty when there is one, or was offered one before, or
  /// the user service runs elsewhere.
  Result<std::optional<std::string>> offer_setup();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart::app
