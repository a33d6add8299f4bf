#pragma once

#include "http/beast/client_connection.h"
#include "http/upgrade.h"

namespace cloudcart::http {

/// A client's connection that the other side has upgraded. Hands bytes on between it and another one, both ways,
/// and holds one piece of each.
class Tunnel final : public Upgrade {
 public:
  explicit Tunnel(ClientConnectionPtr far) : far_(std::move(far)) {}
  ~Tunnel() override { close_far(); }

  Task<void> run(std::shared_ptr<UpgradedConnection> near) override;
  void end(End why) override;

 private:
  Task<void> pump_inward();
  Task<std::optional<std::string>> read_far();
  Task<bool> write_far(std::string bytes);
  void close_far();

  const ClientConnectionPtr far_;
  std::shared_ptr<UpgradedConnection> near_;  ///< while run() runs
};

}  // namespace cloudcart::http
