#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cloudcart::test {

/// A way over TCP to a server on 127.0.0.1 that can be blocked and cut.
class TcpProxy {
 public:
  enum class Mode : std::uint8_t {
    open,
    deaf,    ///< what is asked arrives, answers do not
    frozen,  ///< nothing passes, and nobody is told
  };

  explicit TcpProxy(std::uint16_t target)
      : target_(target), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = loopback(0);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 64) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      throw std::runtime_error("no port for the proxy");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~TcpProxy() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
  }
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  std::uint16_t port() const { return port_; }
  void set(Mode mode) { mode_ = mode; }
  /// Closes every connection that there is; new ones are taken.
  void cut() { ++cuts_; }
  /// Bytes that arrived at the server.
  std::uint64_t carried() const { return carried_; }

 private:
  struct Pair {
    int client;
    int server;
  };
  static constexpr int tick_ms = 5;

  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static void close(const Pair& pair) {
    ::close(pair.client);
    ::close(pair.server);
  }

  void run() {
    std::vector<Pair> pairs;
    for (int seen = cuts_; !stopping_;) {
      if (seen != cuts_) {
        seen = cuts_;
        for (const auto& pair : pairs) close(pair);
        pairs.clear();
      }
      const auto mode = mode_.load();
      std::vector<pollfd> watched{{listener_, POLLIN, 0}};
      for (const auto& pair : pairs) {
        watched.push_back({pair.client, static_cast<short>(mode == Mode::frozen ? 0 : POLLIN), 0});
        watched.push_back({pair.server, static_cast<short>(mode == Mode::open ? POLLIN : 0), 0});
      }
      ::poll(watched.data(), watched.size(), tick_ms);
      std::vector<Pair> kept;
      for (std::size_t i = 0; i < pairs.size(); ++i) {
        const bool alive =
            (!(watched[1 + 2 * i].revents & POLLIN) || pass(pairs[i].client, pairs[i].server, true)) &&
            (!(watched[2 + 2 * i].revents & POLLIN) || pass(pairs[i].server, pairs[i].client, false));
        if (alive)
          kept.push_back(pairs[i]);
        else
          close(pairs[i]);
      }
      pairs = std::move(kept);
      if (watched[0].revents & POLLIN) accept(pairs);
    }
    for (const auto& pair : pairs) close(pair);
  }

  bool pass(int from, int to, bool to_server) {
    std::array<char, 65536> bytes;
    const auto got = ::recv(from, bytes.data(), bytes.size(), 0);
    if (got <= 0) return false;
    if (to_server) carried_ += static_cast<std::uint64_t>(got);
    for (ssize_t sent = 0; sent < got;) {
      const auto more = ::send(to, bytes.data() + sent, static_cast<std::size_t>(got - sent), MSG_NOSIGNAL);
      if (more <= 0) return false;
      sent += more;
    }
    return true;
  }

  void accept(std::vector<Pair>& pairs) {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(target_);
    if (::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close({client, server});
      return;
    }
    pairs.push_back({client, server});
  }

  const std::uint16_t target_;
  const int listener_;
  std::uint16_t port_ = 0;
  std::atomic<Mode> mode_{Mode::open};
  std::atomic<int> cuts_{0};
  std::atomic<std::uint64_t> carried_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace cloudcart::test
