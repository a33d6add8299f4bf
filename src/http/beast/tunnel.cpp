#include "http/beast/tunnel.h"

#include <cstring>

#include <boost/asio/write.hpp>

#include "http/beast/await_io.h"
#include "runtime/notifier.h"

namespace cloudcart::http {
namespace {

namespace asio = boost::asio;

constexpr std::size_t piece_bytes = 4096;

}  // namespace

Task<void> Tunnel::run(std::shared_ptr<UpgradedConnection> near) {
  near_ = std::move(near);
  bool inward = true;
  Notifier ended;
  start(pump_inward(), [&](auto) {
    inward = false;
    ended.notify_all();
  });
  while (auto bytes = co_await near_->read())
    if (!co_await write_far(*std::move(bytes))) break;
  close_far();
  while (inward) {
    const auto ticket = ended.ticket();
    if (inward) co_await ended.wait(ticket, MonotonicTime::max());
  }
  near_.reset();
}

void Tunnel::end(End why) {
  // Whose session is over the other side knows too, and it can say so in its own words.
  if (why != End::draining) return;
  close_far();
  if (near_) near_->close();
}

Task<void> Tunnel::pump_inward() {
  while (auto bytes = co_await read_far())
    if (!co_await near_->write(*std::move(bytes))) break;
  near_->close();
}

Task<std::optional<std::string>> Tunnel::read_far() {
  std::string bytes(piece_bytes, '\0');
  auto& unread = far_->buffer;
  std::size_t got = std::min(unread.size(), bytes.size());
  if (got > 0) {
    std::memcpy(bytes.data(), unread.data().data(), got);
    unread.consume(got);
  } else {
    const auto [error, read] = co_await await_io(
        [&](auto done) { far_->stream.socket().async_read_some(asio::buffer(bytes), std::move(done)); });
    if (error) co_return std::nullopt;
    got = read;
  }
  bytes.resize(got);
  co_return bytes;
}

Task<bool> Tunnel::write_far(std::string bytes) {
  const auto written = co_await await_io(
      [&](auto done) { asio::async_write(far_->stream.socket(), asio::buffer(bytes), std::move(done)); });
  co_return !written.error;
}

void Tunnel::close_far() {
  far_->stream.close();
}

}  // namespace cloudcart::http
