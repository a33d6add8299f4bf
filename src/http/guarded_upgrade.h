#pragma once

#include <memory>
#include <string>

#include "http/authenticator.h"
#include "http/upgrade.h"

namespace cloudcart::http {

/// What GuardedStream is for streams: ends an upgraded connection within `check_interval` of the end of its
/// token.
class GuardedUpgrade final : public Upgrade, public std::enable_shared_from_this<GuardedUpgrade> {
 public:
  GuardedUpgrade(std::shared_ptr<Upgrade> inner, const Authenticator& authenticator, std::string token)
      : inner_(std::move(inner)), authenticator_(authenticator), token_(std::move(token)) {}

  Task<void> run(std::shared_ptr<UpgradedConnection> connection) override;
  void end(End why) override;

 private:
  void check_later();

  const std::shared_ptr<Upgrade> inner_;
  const Authenticator& authenticator_;
  const std::string token_;
};

}  // namespace cloudcart::http
