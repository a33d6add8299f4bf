#pragma once

#include "http/client.h"
#include "simulation/wire.h"

namespace cloudcart::simulation {

/// Whole HTTP requests over the wire, into the pipeline of another node and back, with the errors that an http::Client
/// may answer.
class WireClient final : public http::Client {
 public:
  WireClient(Site site, Wire& wire, Node& server) : site_(site), wire_(wire), server_(server) {}
  Task<Result<http::Response>> send(http::ClientRequest request, Deadline deadline) override;

 private:
  const Site site_;
  Wire& wire_;
  Node& server_;
};

}  // namespace cloudcart::simulation
