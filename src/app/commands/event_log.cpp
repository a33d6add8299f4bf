#include <algorithm>
#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "app/commands/command_loop.h"
#include "app/commands/commands.h"
#include "app/commands/order_log.h"
#include "app/commands/print_error.h"
#include "app/commands/progress_line.h"
#include "http/beast/client.h"

namespace cloudcart::app {
namespace {

using Records = OrderLog::Records;

constexpr seconds delivery_limit{30};
constexpr int delivery_attempts = 6;
constexpr milliseconds first_retry_delay{200};
/// How often --follow looks for news: what another process appends cannot be waited for.
constexpr milliseconds look_interval{100};

bool is_wanted(const events::OrderEvent& event, const EventFilter& filter) {
  if (filter.order && event.order_id != *filter.order) return false;
  return filter.types.empty() || std::ranges::find(filter.types, event.type) != filter.types.end();
}

std::string line_of(const events::LogRecord& record) {
  return fmt::format("{{\"position\":{},\"event\":{}}}\n", record.position, events::to_json(record.event));
}

/// The last `count` that are wanted, found by looking at ever longer ends of the log.
Result<Records> newest(OrderLog& log, const EventFilter& filter, std::int64_t end, std::size_t count) {
  for (auto window = static_cast<std::int64_t>(count);; window *= 8) {
    Records found;
    std::int64_t after = std::max<std::int64_t>(0, end - window);
    const bool is_whole = after == 0;
    while (after < end) {
      CLOUDCART_TRY(auto records, log.read(after));
      if (records.empty()) break;
      after = records.back().position;
      for (auto& record : records)
        if (record.position <= end && is_wanted(record.event, filter)) found.push_back(std::move(record));
    }
    if (found.size() < count && !is_whole) continue;
    const auto extra = found.size() - std::min(found.size(), count);
    found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(extra));
    return found;
  }
}

void print(const Records& records, const EventFilter& filter) {
  for (const auto& record : records)
    if (is_wanted(record.event, filter)) fmt::print("{}", line_of(record));
  std::fflush(stdout);
}

Status follow(OrderLog& log, const EventFilter& filter, std::int64_t after) {
  for (;;) {
    CLOUDCART_TRY(const auto records, log.read(after));
    print(records, filter);
    if (std::ferror(stdout)) return {};  // the reader has gone
    if (!records.empty()) after = records.back().position;
    if (records.size() < OrderLog::records_per_read) std::this_thread::sleep_for(look_interval);
  }
}

Status tail(const Config& config, const TailCommand& options) {
  OrderLog log(config);
  CLOUDCART_TRY(const auto end, log.end());
  CLOUDCART_TRY(const auto records, newest(log, options.filter, end, options.count));
  print(records, options.filter);
  return options.follow ? follow(log, options.filter, end) : Status{};
}

/// Takes what is replayed.
class Destination {
 public:
  virtual ~Destination() = default;
  virtual Status take(const std::string& lines) = 0;
};

class StandardOutput final : public Destination {
 public:
  Status take(const std::string& lines) override {
    if (std::fwrite(lines.data(), 1, lines.size(), stdout) == lines.size() && std::fflush(stdout) == 0)
      return {};
    return fail(ErrorCode::unavailable, "Standard output takes no more.");
  }
};

/// POSTs the lines; what is not taken is sent again a few times, so a receiver may see a batch twice.
class HttpReceiver final : public Destination {
 public:
  explicit HttpReceiver(const std::string& url) : path_(path_of(url)), client_({.base_url = base_of(url)}) {}

  Status take(const std::string& lines) override {
    auto delay = first_retry_delay;
    for (int attempt = 1;; ++attempt, delay *= 2) {
      auto sent = send(lines);
      if (sent || attempt == delivery_attempts || sent.error().code == ErrorCode::validation_failed)
        return sent;
      std::this_thread::sleep_for(delay);
    }
  }

 private:
  static std::size_t path_begin(const std::string& url) {
    return std::min(url.find('/', url.find("://") + 3), url.size());
  }
  static std::string base_of(const std::string& url) { return url.substr(0, path_begin(url)); }
  static std::string path_of(const std::string& url) {
    const auto path = url.substr(path_begin(url));
    return path.empty() ? "/" : path;
  }

  Status send(const std::string& lines) {
    const auto answer = loop_.run<Result<http::Response>>([&] {
      http::ClientRequest request{.method = http::Method::post, .target = path_, .body = lines};
      request.headers.add("Content-Type", "application/x-ndjson");
      return client_.send(std::move(request), std::chrono::steady_clock::now() + delivery_limit);
    });
    if (!answer) return std::unexpected(answer.error());
    if (answer->status < 300) return {};
    // 4xx: the receiver does not want it; the same again would change nothing.
    const bool is_final = answer->status < 500 && answer->status != 408 && answer->status != 429;
    return fail(is_final ? ErrorCode::validation_failed : ErrorCode::unavailable,
                fmt::format("The receiver answered {}.", answer->status));
  }

  const std::string path_;
  CommandLoop loop_;
  http::BeastClient client_;
};

struct Replayed {
  std::int64_t events = 0;
  std::int64_t position = 0;  ///< everything up to it has been taken
};

Status replay(OrderLog& log, const ReplayCommand& options, Destination& destination, Replayed& done) {
  CLOUDCART_TRY(const auto end, log.end());
  const auto until = std::min(options.until.value_or(end), end);
  done.position = options.from - 1;
  std::optional<ProgressLine> progress;
  if (options.to) progress.emplace();
  while (done.position < until) {
    CLOUDCART_TRY(const auto records, log.read(done.position));
    std::string lines;
    std::int64_t wanted = 0, last = until;
    for (const auto& record : records) {
      if (record.position > until) break;
      last = record.position;
      if (!is_wanted(record.event, options.filter)) continue;
      lines += line_of(record);
      ++wanted;
    }
    if (records.empty()) break;
    if (wanted > 0) CLOUDCART_CHECK(destination.take(lines));
    done.events += wanted;
    done.position = last;
    if (progress)
      progress->show("events", static_cast<std::uint64_t>(last - options.from + 1),
                     static_cast<std::uint64_t>(until - options.from + 1));
  }
  return {};
}

std::unique_ptr<Destination> destination_of(const ReplayCommand& options) {
  if (options.to) return std::make_unique<HttpReceiver>(*options.to);
  return std::make_unique<StandardOutput>();
}

}  // namespace

int tail_events(const Config& config, const TailCommand& options) {
  if (!has_orders(config)) return exit_unusable;
  const auto printed = tail(config, options);
  if (printed) return exit_ok;
  print_error(printed.error());
  return exit_failed;
}

int replay_events(const Config& config, const ReplayCommand& options) {
  if (!has_orders(config)) return exit_unusable;
  OrderLog log(config);
  const auto destination = destination_of(options);
  Replayed done;
  const auto replayed = replay(log, options, *destination, done);
  if (options.to) fmt::print("{} events sent, up to position {}.\n", done.events, done.position);
  if (replayed) return exit_ok;
  print_error(replayed.error());
  fmt::print(stderr, "Go on from there with --from {}.\n", done.position + 1);
  return exit_failed;
}

}  // namespace cloudcart::app
