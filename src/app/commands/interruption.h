#pragma once

#include <array>
#include <csignal>

namespace cloudcart::app {

/// While one is there, SIGINT, SIGTERM and SIGHUP do not end the process: whoever works asks, leaves off and tidies up.
class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  bool is_wanted() const;

 private:
  std::array<struct sigaction, 3> before_{};
};

}  // namespace cloudcart::app
