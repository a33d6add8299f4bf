#include "adapters/redis/cache/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

namespace cloudcart::redis {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Connection::Connection(EventLoop& loop, Listener& listener, std::size_t max_reply_bytes, ssl_ctx_st* trust)
    : loop_(loop),
      listener_(listener),
      resolver_(loop.context()),
      socket_(loop.context()),
      timer_(loop.context()),
      trust_(trust),
      replies_(max_reply_bytes) {}

Task<error_code> Connection::connect(std::string host, std::string port) {
  struct Resolved {
    error_code error;
    tcp::resolver::results_type places;
  };
  auto resolved = co_await await_value<Resolved>([&](Resolver<Resolved> resolve) {
    resolver_.async_resolve(host, port, [resolve](error_code error, tcp::resolver::results_type places) {
      resolve(Resolved{error, std::move(places)});
    });
  });
  if (resolved.error) co_return resolved.error;
  if (closed_) co_return asio::error::operation_aborted;
  co_return co_await await_value<error_code>([&](Resolver<error_code> resolve) {
    asio::async_connect(socket_, resolved.places,
                        [resolve](error_code error, const tcp::endpoint&) { resolve(error); });
  });
}

Task<std::optional<std::string>> Connection::open(ServerAddress address, MonotonicTime until) {
  if (trust_) tls_.emplace(*trust_, address.host);
  timer_.expires_at(until);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error && !self->open_) self->close("the connection was not taken in time");
  });
  auto error = co_await connect(address.host, std::to_string(address.port));
  if (closed_) co_return "the connection was not taken in time";
  timer_.cancel();
  if (!error) error = socket_.set_option(tcp::no_delay{true}, error);
  if (!error) error = socket_.non_blocking(true, error);
  if (error) co_return error.message();
  open_ = true;
  wait_for_input();
  co_return std::nullopt;
}

void Connection::send(std::unique_ptr<Exchange> exchange) {
  if (!open_) {
    Settled settled;
    exchange->abort(settled);
    resume_all(settled);
    return;
  }
  exchange->append_to(outgoing_);
  look_after(std::min(exchange->limit, exchange->late_at));
  under_way_.push_back(std::move(exchange));
}

void Connection::flush() {
  if (writing_ || !open_) return;
  written_.clear();
  if (!tls_)
    written_.swap(outgoing_);
  else if (const auto sealed = tls_->seal(outgoing_, written_); !sealed)
    return close(sealed.error().message);
  if (written_.empty()) return;
  writing_ = true;
  asio::async_write(socket_, asio::buffer(written_),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      self->writing_ = false;
                      if (error)
                        self->close(error.message());
                      else
                        self->flush();
                    });
}

void Connection::close(const std::string& why) {
  if (std::exchange(closed_, true)) return;
  const auto self = shared_from_this();  // the listener may let go of it
  open_ = false;
  resolver_.cancel();
  timer_.cancel();
  error_code ignored;
  ignored = socket_.close(ignored);
  Settled settled;
  for (const auto& exchange : std::exchange(under_way_, {})) exchange->abort(settled);
  listener_.on_closed(why);
  resume_all(settled);
}

void Connection::wait_for_input() {
  socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    if (error) return self->close(error.message());
    self->read();
    if (self->open_) self->wait_for_input();
  });
}

void Connection::read() {
  while (open_) {
    error_code error;
    const auto count = socket_.read_some(asio::buffer(input_), error);
    if (error == asio::error::would_block) return;
    if (error) return close(error == asio::error::eof ? "it closed the connection" : error.message());
    if (!take_bytes({input_.data(), count})) return;
    // Nothing more was there, as a rule; the kernel need not be asked.
    if (count < input_.size()) return;
  }
}

bool Connection::take_bytes(std::string_view bytes) {
  if (tls_) {
    const auto opened = tls_->open(bytes);
    if (!opened) {
      close(opened.error().message);
      return false;
    }
    bytes = *opened;
  }
  if (const auto fed = replies_.feed(bytes); !fed) {
    close(fed.error().message);
    return false;
  }
  take_replies();
  return open_;
}

void Connection::take_replies() {
  Settled settled;
  std::string trouble;
  while (trouble.empty()) {
    auto reply = replies_.next();
    if (!reply) {
      trouble = reply.error().message;
      break;
    }
    if (!*reply) break;
    if (under_way_.empty()) {
      trouble = "it answered what was not asked";
      break;
    }
    const std::string refusal{is_error(**reply) ? text_of(**reply) : std::string_view{}};
    switch (under_way_.front()->take(*std::move(reply), settled)) {
      case Exchange::Progress::more:
        continue;
      case Exchange::Progress::unusable:
        trouble = refusal.empty() ? "its answer is not understood" : refusal;
        break;
      case Exchange::Progress::again:
        send(std::move(under_way_.front()));
        break;
      case Exchange::Progress::complete:
        break;
    }
    under_way_.pop_front();
  }
  resume_all(settled);
  if (!trouble.empty()) return close(trouble);
  flush();
}

void Connection::look_after(MonotonicTime limit) {
  if (limit >= look_at_) return;
  look_at_ = limit;
  timer_.expires_at(limit);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    // A wait that was set to another time has been cancelled.
    if (!error && self->open_) self->sweep();
  });
}

void Connection::sweep() {
  // Where it was this thread that was late, the replies are there.
  read();
  if (!open_) return;
  look_at_ = MonotonicTime::max();
  const auto now = loop_.now();
  auto next = MonotonicTime::max();
  bool late = false;
  Settled settled;
  for (const auto& exchange : under_way_) {
    if (exchange->limit <= now) {
      exchange->limit = MonotonicTime::max();
      exchange->expire(settled);
    }
    if (exchange->late_at <= now) {
      exchange->late_at = MonotonicTime::max();
      late = true;
    }
    next = std::min({next, exchange->limit, exchange->late_at});
  }
  look_after(next);
  // First, so that nobody who comes back from here waits again.
  if (late) listener_.on_late();
  resume_all(settled);
}

}  // namespace cloudcart::redis
