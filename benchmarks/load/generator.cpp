#include "load/generator.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <span>

#include <fmt/format.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace cloudcart::load {

namespace {

constexpr std::int64_t check_interval = 100'000'000;
/// How long nothing at all may answer before a run is given up.
constexpr std::int64_t patience = 3'000'000'000;
constexpr int events_at_once = 256;
constexpr std::size_t buffer_bytes = std::size_t{256} * 1024;

volatile std::sig_atomic_t stop_wanted = 0;

std::int64_t clock_now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

Result<Address> resolve(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int why = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &found); why != 0)
    return fail(ErrorCode::validation_failed,
                fmt::format("There is no host '{}': {}.", host, ::gai_strerror(why)));
  Address address;
  address.size = found->ai_addrlen;
  std::memcpy(&address.bytes, found->ai_addr, found->ai_addrlen);
  ::freeaddrinfo(found);
  return address;
}

/// Whether somebody listens there.
Status try_address(const Address& address, const Options& options) {
  const int probe = ::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool good =
      probe >= 0 && ::connect(probe, reinterpret_cast<const sockaddr*>(&address.bytes), address.size) == 0;
  const int why = errno;
  if (probe >= 0) ::close(probe);
  if (good) return {};
  return fail(ErrorCode::unavailable,
              fmt::format("Cannot connect to {}:{}: {}.", options.host, options.port, std::strerror(why)));
}

Status allow_sockets(unsigned connections) {
  constexpr rlim_t others = 32;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= connections + others) return {};
  return fail(ErrorCode::validation_failed,
              fmt::format("{} connections need more file handles than the {} allowed here (ulimit -n).",
                          connections, limit.rlim_cur));
}

}  // namespace

Generator::Generator(const Options& options, RequestSet& requests)
    : options_(options), requests_(requests), buffer_(buffer_bytes), line_(options.rate ? options.queue : 1) {
  for (std::size_t i = 0; i < requests.size(); ++i) result_.requests.push_back({.name = requests.name(i)});
}

Generator::~Generator() {
  lanes_.clear();
  if (epoll_ >= 0) ::close(epoll_);
}

void Generator::stop_early() {
  stop_wanted = 1;
}

Result<Measurements> Generator::run() {
  CLOUDCART_CHECK(connect_all());
  begin();
  loop();
  count_what_is_left();
  return std::move(result_);
}

Status Generator::connect_all() {
  CLOUDCART_TRY(address_, resolve(options_.host, options_.port));
  CLOUDCART_CHECK(allow_sockets(options_.connections));
  CLOUDCART_CHECK(try_address(address_, options_));
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) return fail(ErrorCode::internal, fmt::format("epoll_create1: {}.", std::strerror(errno)));
  // Waking up for a due request as exactly as the system can.
  ::prctl(PR_SET_TIMERSLACK, 1);
  for (unsigned i = 0; i < options_.connections; ++i) {
    lanes_.push_back(std::make_unique<Lane>());
    lanes_.back()->tag = i;
  }
  idle_.reserve(lanes_.size());
  return {};
}

void Generator::begin() {
  stop_wanted = 0;
  const auto now = clock_now();
  measured_from_ = now + options_.warm_up.count();
  measured_to_ = measured_from_ + options_.duration.count();
  give_up_at_ = measured_to_ + options_.timeout.count();
  next_check_ = now + check_interval;
  next_sample_ = measured_from_;
  last_sample_ = last_alive_ = now;
  if (options_.rate) schedule_.emplace(now, *options_.rate);
  for (const auto& lane : lanes_) reopen(*lane);
}

void Generator::loop() {
  for (auto now = clock_now(); !finished(now); now = clock_now()) {
    tick(now);
    if (schedule_) {
      take_due(now);
      give_out(now);
    }
    wait_and_serve(now);
  }
}

/// Whether all is done: the measured time is over, and so is what was under way then or the patience for it.
bool Generator::finished(std::int64_t now) {
  if (stop_wanted && now < measured_to_) {
    measured_from_ = std::min(measured_from_, now);
    measured_to_ = now;
    give_up_at_ = now + options_.timeout.count();
    result_.ended_early = "interrupted";
  }
  if (now < measured_to_) return !result_.ended_early.empty();
  tick(now);
  return (busy_ == 0 && line_.empty()) || now >= give_up_at_ ||
         (!result_.ended_early.empty() && !stop_wanted);
}

/// What happens at set times: the ends of the measured time, samples, checks.
void Generator::tick(std::int64_t now) {
  if (!measuring_ && now >= measured_from_) {
    measuring_ = true;
    if (options_.pid) result_.server_before = usage_of(*options_.pid);
    result_.own_cpu = own_cpu();
  }
  if (!measured_ && now >= measured_to_) {
    measured_ = true;
    if (options_.pid) result_.server_after = usage_of(*options_.pid);
    result_.own_cpu = own_cpu() - result_.own_cpu;
    result_.seconds = static_cast<double>(measured_to_ - measured_from_) / 1e9;
  }
  if (now >= next_sample_ && now < measured_to_ + options_.sample_every.count() / 2) sample(now);
  if (now >= next_check_) check_lanes(now);
}

void Generator::sample(std::int64_t now) {
  Sample taken{.at_seconds = static_cast<double>(now - measured_from_) / 1e9,
               .answers = answers_since_sample_,
               .seconds = static_cast<double>(now - last_sample_) / 1e9};
  if (options_.pid) taken.server = usage_of(*options_.pid);
  result_.samples.push_back(taken);
  answers_since_sample_ = 0;
  last_sample_ = now;
  while (next_sample_ <= now) next_sample_ += options_.sample_every.count();
}

/// Ends requests that wait too long, and opens connections again that could not be opened.
void Generator::check_lanes(std::int64_t now) {
  next_check_ = now + check_interval;
  bool alive = false;
  for (const auto& lane : lanes_) {
    const auto state = lane->connection.state();
    const bool late = now - lane->sent_at > options_.timeout.count();
    if (state == Connection::State::closed || (state == Connection::State::connecting && late))
      reopen(*lane);
    else if (state == Connection::State::busy && late)
      on_failure(*lane, Failure::timeout);
    else
      alive = alive || state != Connection::State::connecting;
  }
  if (alive) last_alive_ = now;
  if (now - last_alive_ > patience && now < measured_to_) {
    result_.ended_early = "the server no longer accepts connections";
    // What was measured until then is still worth telling.
    measured_from_ = std::min(measured_from_, now);
    measured_to_ = now;
  }
}

void Generator::wait_and_serve(std::int64_t now) {
  auto wake = std::min(next_check_, give_up_at_);
  if (!measuring_) wake = std::min(wake, measured_from_);
  if (!measured_) wake = std::min({wake, measured_to_, next_sample_});
  if (schedule_ && schedule_->next() < measured_to_) wake = std::min(wake, schedule_->next());
  const auto left = std::max<std::int64_t>(0, wake - now);
  const timespec timeout{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
  std::array<epoll_event, events_at_once> events;
  const int count = ::epoll_pwait2(epoll_, events.data(), events_at_once, &timeout, nullptr);
  if (count < 0 && errno != EINTR) {
    result_.ended_early = fmt::format("epoll_pwait2: {}", std::strerror(errno));
    measured_to_ = std::min(measured_to_, now);
  }
  for (const auto& event : std::span{events}.first(static_cast<std::size_t>(std::max(count, 0))))
    on_event(*lanes_[event.data.u32], event.events);
}

void Generator::on_event(Lane& lane, std::uint32_t events) {
  auto& connection = lane.connection;
  if (connection.state() == Connection::State::connecting) {
    if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) == 0) return;
    if (connection.finish_connecting())
      on_ready(lane, clock_now());
    else
      ++result_.all_failures[static_cast<std::size_t>(Failure::connect)];  // check_lanes() tries again
    return;
  }
  if (connection.state() == Connection::State::closed) return;
  if ((events & EPOLLOUT) != 0 && connection.state() == Connection::State::busy && !connection.send_rest())
    return on_failure(lane, Failure::reset);
  if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
    on_readable(lane, (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
}

void Generator::on_readable(Lane& lane, bool peer_ended) {
  auto received = lane.connection.receive(buffer_);
  // No further event would tell of the end.
  if (peer_ended && received == Connection::Received::nothing_yet)
    received = lane.connection.receive(buffer_);
  switch (received) {
    case Connection::Received::nothing_yet:
      return;
    case Connection::Received::answer: {
      on_answer(lane);
      if (lane.connection.parser().keeps_open() && !peer_ended) return on_ready(lane, lane.sent_at);
      ++result_.reconnects;
      return reopen(lane);
    }
    case Connection::Received::closed:
      return on_failure(lane, Failure::closed);
    case Connection::Received::reset:
      return on_failure(lane, Failure::reset);
    case Connection::Received::malformed:
      if (result_.first_malformed.empty()) result_.first_malformed = lane.connection.parser().reason();
      return on_failure(lane, Failure::malformed);
    case Connection::Received::unasked:
      return on_failure(lane, Failure::unasked);
  }
}

/// Leaves the moment of the answer in lane.sent_at: in a closed loop the next request goes out then.
void Generator::on_answer(Lane& lane) {
  const auto now = clock_now();
  const auto status = static_cast<std::size_t>(lane.connection.parser().status());
  const bool taken = status < 400;
  --busy_;
  ++answers_since_sample_;
  ++result_.all_statuses[status];
  if (now >= measured_from_ && now < measured_to_) {
    ++result_.answers_within;
    if (taken) ++result_.taken_within;
  }
  if (is_measured(lane.counts_from)) {
    ++result_.statuses[status];
    (taken ? result_.requests[lane.request].taken : result_.refused).add(now - lane.counts_from);
  }
  if (!taken && result_.first_refused.empty())
    result_.first_refused = fmt::format("{} {}", status, lane.connection.parser().error_text());
  lane.sent_at = now;
}

void Generator::on_ready(Lane& lane, std::int64_t now) {
  if (schedule_) {
    idle_.push_back(lane.tag);
  } else if (now < measured_to_) {
    if (is_measured(now)) ++result_.started;
    start(lane, now, now);
  }
}

/// A connection is lost, with the request that was under way on it if there was one; a new one is opened.
void Generator::on_failure(Lane& lane, Failure failure) {
  const auto index = static_cast<std::size_t>(failure);
  if (lane.connection.state() == Connection::State::busy) {
    --busy_;
    ++result_.all_failures[index];
    if (is_measured(lane.counts_from)) ++result_.failures[index];
  } else if (failure == Failure::unasked) {
    ++result_.all_failures[index];
  }
  ++result_.reconnects;
  reopen(lane);
}

void Generator::reopen(Lane& lane) {
  std::erase(idle_, lane.tag);
  lane.sent_at = clock_now();
  if (!lane.connection.open(address_, epoll_, lane.tag))
    ++result_.all_failures[static_cast<std::size_t>(Failure::connect)];
}

/// Puts what is due by now in line.
void Generator::take_due(std::int64_t now) {
  while (schedule_->next() <= now && schedule_->next() < measured_to_) {
    const auto due = schedule_->take();
    const bool kept = line_.push(due);
    if (!is_measured(due)) continue;
    ++result_.started;
    if (!kept) ++result_.dropped;
  }
}

void Generator::give_out(std::int64_t now) {
  while (!line_.empty() && !idle_.empty()) {
    auto& lane = *lanes_[idle_.back()];
    idle_.pop_back();
    start(lane, *line_.pop(), now);
  }
}

void Generator::start(Lane& lane, std::int64_t counts_from, std::int64_t now) {
  lane.counts_from = counts_from;
  lane.sent_at = now;
  lane.request = static_cast<std::uint32_t>(requests_.render(lane.connection.request()));
  ++busy_;
  ++result_.all_sent;
  if (!lane.connection.send()) on_failure(lane, Failure::reset);
}

void Generator::count_what_is_left() {
  tick(clock_now());
  for (const auto& lane : lanes_) {
    if (lane->connection.state() != Connection::State::busy) continue;
    ++result_.all_unfinished;
    if (is_measured(lane->counts_from)) ++result_.unfinished;
  }
  while (const auto due = line_.pop())
    if (is_measured(*due)) ++result_.unsent;
}

}  // namespace cloudcart::load
