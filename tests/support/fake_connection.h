#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/upgrade.h"
#include "runtime/executor.h"
#include "runtime/notifier.h"

namespace cloudcart::test {

/// A client's frame: masked, as RFC 6455 asks of clients.
inline std::string client_frame(int opcode, std::string_view payload, bool last = true) {
  constexpr std::string_view mask = "\x37\xfa\x21\x3d";
  std::string frame(1, static_cast<char>((last ? 0x80 : 0) | opcode));
  if (payload.size() <= 125) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    frame += static_cast<char>(0x80 | 126);
    frame += static_cast<char>(payload.size() >> 8);
    frame += static_cast<char>(payload.size());
  }
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  return frame;
}
inline std::string client_text(std::string_view text) {
  return client_frame(1, text);
}

/// The far end is the test: it says what comes in, sees what went out, and can refuse to take more.
class FakeConnection final : public http::UpgradedConnection {
 public:
  Task<std::optional<std::string>> read() override {
    for (;;) {
      const auto ticket = changed_.ticket();
      if (!incoming_.empty()) co_return std::exchange(incoming_, {});
      if (closed_ || hung_up_) co_return std::nullopt;
      co_await changed_.wait(ticket, MonotonicTime::max());
    }
  }
  Task<bool> write(std::string bytes) override {
    ++writes;
    for (;;) {
      const auto ticket = changed_.ticket();
      if (closed_ || hung_up_) co_return false;
      if (takes_) break;
      co_await changed_.wait(ticket, MonotonicTime::max());
    }
    sent += bytes;
    co_return true;
  }
  void close() override { change(closed_, true); }

  void arrives(std::string_view bytes) {
    incoming_ += bytes;
    changed_.notify_all();
  }
  void hang_up() { change(hung_up_, true); }
  void take(bool takes) { change(takes_, takes); }
  bool closed() const { return closed_; }

  std::string sent;
  int writes = 0;

 private:
  void change(bool& flag, bool value) {
    flag = value;
    changed_.notify_all();
  }

  std::string incoming_;
  bool closed_ = false, hung_up_ = false, takes_ = true;
  Notifier changed_;
};

}  // namespace cloudcart::test
