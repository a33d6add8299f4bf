#pragma once

#include <memory>

#include "http/upgrade.h"

namespace cloudcart::gateway {

/// The tunnel of a WebSocket, with manners: when this process stops, the client gets a close frame, put in between two
/// frames of the service behind.
class WebSocketRelay final : public http::Upgrade {
 public:
  explicit WebSocketRelay(std::shared_ptr<http::Upgrade> tunnel) : tunnel_(std::move(tunnel)) {}

  Task<void> run(std::shared_ptr<http::UpgradedConnection> connection) override;
  void end(End why) override;

 private:
  class ClientSide;

  const std::shared_ptr<http::Upgrade> tunnel_;
  std::shared_ptr<ClientSide> client_;  ///< while run() runs
};

}  // namespace cloudcart::gateway
