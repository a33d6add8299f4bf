#include "adapters/redis/cache/link.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <spdlog/spdlog.h>

#include "adapters/redis/cache/scripts.h"

namespace cloudcart::redis {
namespace {

constexpr std::string_view oldest_version = "7";  // scripts with flags
constexpr milliseconds first_pause{20};
constexpr milliseconds longest_pause{2'000};
/// For taking leave of a server that does not answer.
constexpr milliseconds leave_time{100};
/// A server that was up for so long and fails gets a first try without a pause.
constexpr milliseconds steady_after{5'000};

/// `name:value` of INFO's answer; empty when it is not there.
std::string_view field_of(std::string_view info, std::string_view name) {
  const auto start = info.find(std::string{name} + ":");
  if (start == std::string_view::npos) return {};
  const auto value = info.substr(start + name.size() + 1);
  return value.substr(0, value.find_first_of("\r\n"));
}

}  // namespace

Link::Link(const RedisCacheOptions& options)
    : options_(options),
      trust_(options.address.tls ? tls::make_client_trust(options.ca_file) : nullptr),
      common_{.keyspace = Keyspace{options.prefix},
              .settling = options.settling,
              .lost = LostWrites{options.max_lost_bytes}},
      loop_("redis") {
  spdlog::debug("the cache is looked for in Redis at {}", options_.address.place());
  std::random_device random;
  common_.self = fmt::format("{:08x}{:08x}{:08x}", random(), random(), random());
  loop_.start();
  background_.start("redis-mend", loop_, [this](BackgroundLoops::StopFlag stop) { return mend(stop); });
  background_.start("redis-word", loop_,
                    [this](BackgroundLoops::StopFlag stop) { return renew_again_and_again(stop); });
}

Link::~Link() {
  background_.request_stop();
  loop_.post([this] {
    start(leave(), [](const auto&) {});
    // Where nobody answers, or it was just connecting.
    loop_.post_at(loop_.now() + leave_time, [this] { shut(); });
  });
  background_.join();
  loop_.stop();
}

void Link::submit(std::unique_ptr<CallerExchange> exchange, Deadline deadline) {
  exchange->late_at = loop_.now() + options_.call_limit;
  const auto longest =
      exchange->is_erase() ? std::max(options_.call_limit, options_.word) : options_.call_limit;
  const auto limit = loop_.now() + longest;
  exchange->limit = std::min(deadline, limit);
  exchange->limited_by_caller = deadline < limit;
  if (enqueue(exchange)) return;
  Settled settled;
  exchange->abort(settled);
  resume_all(settled);
}

bool Link::enqueue(std::unique_ptr<CallerExchange>& exchange) {
  const auto bytes = exchange->bytes();
  {
    const std::scoped_lock lock(mutex_);
    if (!up_ || load_.exchanges >= options_.max_calls || load_.bytes + bytes > options_.max_call_bytes)
      return false;
    exchange->permit = Permit(load_, bytes);
    submitted_.push_back(std::move(exchange));
    if (std::exchange(drain_posted_, true)) return true;
  }
  loop_.post([this] { drain(); });
  return true;
}

void Link::wake() {
  if (common_.lost.empty()) return;
  {
    const std::scoped_lock lock(mutex_);
    if (!up_ || std::exchange(drain_posted_, true)) return;
  }
  loop_.post([this] { drain(); });
}

Task<bool> Link::make_up() {
  wake();
  const auto word = common_.word;
  const auto due = common_.lost.due();
  for (;;) {
    const auto seen = word->news.ticket();
    if (word->made_up >= due) co_return true;
    const auto until = word->good_until.load();
    if (Executor::current()->now() >= until) co_return false;
    (void)co_await word->news.wait(seen, until);
  }
}

void Link::renew() {
  if (!connection_ || common_.is_renewing) return;
  replay_lost();
  const auto now = loop_.now();
  // First, so that who loses a write from here on waits for that long.
  common_.word->good_until = now + options_.word;
  if (!common_.lost.empty()) return;
  const auto since =
      std::chrono::duration_cast<std::chrono::microseconds>(now - common_.server_time.heard_at);
  const auto until = std::chrono::microseconds{common_.server_time.us} + since + options_.word;
  common_.is_renewing = true;
  connection_->send(std::make_unique<RenewExchange>(common_, until.count(), options_.writer_gone_after));
  if (connection_) connection_->flush();
}

Task<void> Link::renew_again_and_again(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    if (is_up()) renew();
    co_await stop.sleep_for(options_.word / 5);
  }
}

Task<void> Link::leave() {
  // Who leaves something undone is not to be forgotten.
  if (is_up() && connection_ && common_.lost.empty())
    (void)co_await command({"ZREM", common_.keyspace.writers_key(), common_.self});
  shut();
}

void Link::drain() {
  std::vector<std::unique_ptr<Exchange>> exchanges;
  {
    const std::scoped_lock lock(mutex_);
    drain_posted_ = false;
    exchanges.swap(submitted_);
  }
  // Without a connection the circuit is open, and what had been submitted is aborted.
  if (!connection_) return;
  if (is_up()) replay_lost();
  if (std::ranges::any_of(exchanges, &Exchange::reads_entries))
    connection_->send(std::make_unique<StampExchange>(common_));
  for (auto& exchange : exchanges) connection_->send(std::move(exchange));
  connection_->flush();
}

void Link::replay_lost() {
  if (common_.lost.empty()) return;
  connection_->send(std::make_unique<ReplayExchange>(common_, common_.lost.take()));
}

void Link::on_late() {
  open_circuit(fmt::format("it did not answer within {} ms", options_.call_limit.count()));
}

void Link::on_closed(const std::string& why) {
  connection_.reset();
  open_circuit(why);
}

void Link::open_circuit(std::string why) {
  std::vector<std::unique_ptr<Exchange>> exchanges;
  {
    const std::scoped_lock lock(mutex_);
    up_ = false;
    exchanges.swap(submitted_);
  }
  why_down_ = std::move(why);
  Settled settled;
  for (const auto& exchange : exchanges) exchange->abort(settled);
  resume_all(settled);
  changed_.notify_all();
}

void Link::close_circuit() {
  {
    const std::scoped_lock lock(mutex_);
    up_ = true;
  }
  up_since_ = loop_.now();
  if (noted_up_ == true) return;
  noted_up_ = true;
  spdlog::info("the cache in Redis at {} is in use", options_.address.place());
}

void Link::note_down(const std::string& why) {
  if (noted_up_ == false) return;
  noted_up_ = false;
  spdlog::warn("the cache in Redis at {} is not in use: {}; trying again", options_.address.place(), why);
}

milliseconds Link::pause() {
  if (failures_ == 0) return milliseconds{0};
  const auto longest = std::min(first_pause * (1 << std::min(failures_ - 1, 10)), longest_pause);
  // Those who lost it together come back one by one.
  std::uniform_int_distribution<std::int64_t> scattered{longest.count() / 2, longest.count()};
  return milliseconds{scattered(random_)};
}

void Link::shut() {
  open_circuit("shutting down");
  if (connection_) connection_->close("shutting down");
}

Task<void> Link::mend(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    const auto seen = changed_.ticket();
    if (is_up()) {
      co_await changed_.wait(seen, MonotonicTime::max());
      if (is_up() || stop.stopping()) continue;
      failures_ = loop_.now() - up_since_ >= steady_after ? 0 : failures_ + 1;
      // A server that was late for once is not worth a word.
      if (!connection_) note_down(why_down_);
      continue;
    }
    if (const auto time = pause(); time.count() > 0) co_await stop.sleep_for(time);
    if (stop.stopping()) break;
    const auto trouble = co_await bring_up();
    if (!trouble || stop.stopping()) continue;
    ++failures_;
    note_down(*trouble);
  }
  shut();
}

Task<Link::Trouble> Link::bring_up() {
  if (!connection_) {
    if (auto trouble = co_await connect()) co_return drop(*std::move(trouble));
    if (!connection_) co_return why_down_;
  }
  replay_lost();
  const auto asked_at = loop_.now();
  if (auto trouble = co_await ask_time()) co_return drop(*std::move(trouble));
  if (!connection_) co_return why_down_;
  if (loop_.now() - asked_at > options_.call_limit) co_return "it answers slowly";
  renew();
  close_circuit();
  co_return std::nullopt;
}

Task<Link::Trouble> Link::connect() {
  Connection::Listener& listener = *this;
  const auto connection = std::make_shared<Connection>(
      loop_, listener, GetExchange::max_reply_bytes(options_.max_value_bytes), trust_.get());
  connection_ = connection;
  if (auto trouble = co_await connection->open(options_.address, loop_.now() + options_.patience))
    co_return trouble;
  if (auto trouble = co_await sign_in()) co_return trouble;
  co_return co_await greet();
}

Task<Link::Trouble> Link::sign_in() {
  const auto& [tls, user, password, host, port] = options_.address;
  if (password.empty()) co_return std::nullopt;
  std::vector<std::string> words{"AUTH"};
  if (!user.empty()) words.push_back(user);
  words.push_back(password);
  const auto answered = co_await command(std::move(words));
  if (!answered) co_return answered.error().message;
  co_return std::nullopt;
}

Task<Link::Trouble> Link::greet() {
  const auto info = co_await command({"INFO", "server"});
  if (!info) co_return info.error().message;
  const auto text = text_of(**info);
  const auto version = field_of(text, "redis_version");
  const auto major = version.substr(0, version.find('.'));
  if (major.size() < 2 && major < oldest_version)
    co_return fmt::format("it is Redis {}, and {} is the oldest that will do", version, oldest_version);
  common_.run = field_of(text, "run_id");
  if (common_.run.empty()) co_return "it does not say which process it is";
  for (const auto* script : {&put_script(), &erase_script()}) {
    const auto loaded = co_await command({"SCRIPT", "LOAD", script->text});
    if (!loaded) co_return loaded.error().message;
  }
  const auto taken = co_await command(raise_command(common_, std::numeric_limits<Version>::min()));
  if (!taken) co_return taken.error().message;
  co_return std::nullopt;
}

Task<Link::Trouble> Link::ask_time() {
  const auto answered = co_await command({"TIME"});
  if (!answered) co_return answered.error().message;
  const auto& time = **answered;
  if (time.type != REDIS_REPLY_ARRAY || time.elements != 2) co_return "it does not tell the time";
  std::array<std::int64_t, 2> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto text = text_of(*time.element[i]);
    std::from_chars(text.data(), text.data() + text.size(), parts[i]);
  }
  common_.server_time = {parts[0] * 1'000'000 + parts[1], loop_.now()};
  co_return std::nullopt;
}

Task<Result<Reply>> Link::command(std::vector<std::string> words) {
  const auto connection = connection_;
  if (!connection) co_return fail(ErrorCode::unavailable, why_down_);
  co_return co_await await_value<Command::Answer>([&](Resolver<Command::Answer> asker) {
    auto exchange = std::make_unique<Command>(asker, std::move(words));
    exchange->limit = loop_.now() + options_.patience;
    connection->send(std::move(exchange));
    connection->flush();
  });
}

std::string Link::drop(std::string why) {
  // Where the connection broke off by itself, it knows better.
  if (const auto connection = connection_)
    connection->close(why);
  else
    why = why_down_;
  return why;
}

}  // namespace cloudcart::redis
