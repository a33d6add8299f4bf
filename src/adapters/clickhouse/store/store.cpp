#include "adapters/clickhouse/store/store.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "adapters/clickhouse/store/failure.h"
#include "adapters/clickhouse/store/migrate.h"
#include "adapters/clickhouse/store/turnstile.h"
#include "core/server_address.h"
#include "core/text.h"
#include "http/beast/client.h"
#include "http/compression.h"
#include "runtime/event_loop.h"
#include "runtime/tracing.h"

namespace cloudcart::clickhouse {
namespace {

constexpr std::size_t worth_compressing = 1024;
/// Of one statement's text: a question by the hour over ten years names every hour of a changed clock.
constexpr std::uint64_t statement_bytes = 16 << 20;
constexpr seconds look_interval{1}, look_limit{2};
constexpr std::size_t usual_statement_bytes = 200'000;
constexpr std::uint64_t answer_bytes = 512 << 20;

/// The password is not part of what is said about an address.
ServerAddress parse(std::string_view url) {
  auto address = url.starts_with(http_schemes.plain) ? parse_server_address(url, http_schemes) : std::nullopt;
  if (!address)
    throw std::runtime_error("clickhouse.url must be written as http://[user:password@]host:port.");
  if (address->user.empty()) address->user = "default";
  return *std::move(address);
}

bool is_lost(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::outcome_unknown;
}

/// The sentence of a lost statement says nothing of the address, which is the operator's business.
Error lost(bool changes, bool in_time, ErrorCode code) {
  if (changes && code == ErrorCode::outcome_unknown)
    return {ErrorCode::outcome_unknown, "ClickHouse did not answer whether it has stored the rows.", {}};
  if (!in_time) return {ErrorCode::deadline_exceeded, "ClickHouse took too long.", {}};
  return {ErrorCode::unavailable, "ClickHouse does not answer.", {}};
}

}  // namespace

struct Store::Impl {
  Impl(StoreOptions o, std::string n)
      : options(std::move(o)),
        name(std::move(n)),
        place(fmt::format("The ClickHouse of {} (clickhouse.url, database {})", name, options.database)),
        address(parse(options.url)),
        loop("clickhouse"),
        client({.base_url = std::string{http_schemes.plain} + address.place(),
                .connect_timeout = options.connect_timeout,
                .max_body_bytes = answer_bytes}),
        turnstile(loop, options.at_once, options.waiting) {
    if (options.metrics) {
      loop.measure(*options.metrics);
      turnstile.measure(*options.metrics);
    }
    loop.start();
  }
  ~Impl() {
    background.request_stop();
    background.join();
    loop.stop();
    loop.abandon();
  }

  struct Statement {
    std::string query;  ///< in the address; empty: it is the body
    std::string body;
    bool changes = true;
    bool in_database = true;
    std::string_view format = "JSONCompact";  ///< of what it answers, when it changes nothing
  };

  Task<Result<std::string>> send(Statement statement, Deadline deadline);
  Task<Result<std::string>> send_untraced(Statement statement, Deadline deadline);
  http::ClientRequest request_of(const Statement& statement, seconds time_limit) const;
  /// Newer servers count the rows before LIMIT only when they are told to; older ones do not know the word.
  Task<Status> look_at_settings(Store& store, Deadline deadline);
  /// Whether the server takes a question and does not even say that it is there.
  Task<bool> hangs();
  /// Whether it answers a statement, if only to refuse.
  Task<Result<bool>> speaks();
  Task<Status> make_tables(Store& store, Deadline deadline);
  Task<Status> prepare(Store& store, Deadline deadline);
  Task<void> prepare_again(Store& store);
  Task<void> look(Store& store, BackgroundLoops::StopFlag stop);

  const StoreOptions options;
  const std::string name, place;
  const ServerAddress address;
  std::string ask_settings;
  std::string last_refusal;   ///< that was logged
  std::uint64_t answers = 0;  ///< that were the server's own; of the loop's thread
  std::atomic<bool> reachable{true};
  std::atomic<bool> prepared{false};  ///< the tables are there
  bool preparing = false;             ///< of the loop's thread
  bool is_silent = false;             ///< when it was looked for last; of the loop's thread
  EventLoop loop;
  http::BeastClient client;  ///< after the loop: its connections are the loop's
  Turnstile turnstile;
  BackgroundLoops background;
};

Task<bool> Store::Impl::hangs() {
  const auto until = loop.now() + look_limit;
  const auto answered = co_await client.send({.method = http::Method::get, .target = "/ping"}, until);
  // One that is gone refuses in no time, whoever asks.
  co_return !answered && loop.now() >= until;
}

Task<Result<bool>> Store::Impl::speaks() {
  const auto before = answers;
  const auto answered = co_await send(
      {.query = {}, .body = "SELECT 1", .changes = false, .in_database = false}, loop.now() + look_limit);
  // One that is too busy is there.
  reachable = answered || answered.error().code == ErrorCode::overloaded;
  co_return answers != before;
}

Task<Status> Store::Impl::make_tables(Store& store, Deadline deadline) {
  // It needs the database that it makes.
  CLOUDCART_CO_TRY(const auto made,
                   co_await send({.query = {},
                                  .body = "CREATE DATABASE IF NOT EXISTS " + options.database,
                                  .changes = true,
                                  .in_database = false},
                                 deadline));
  CLOUDCART_CO_CHECK(co_await look_at_settings(store, deadline));
  co_return co_await migrate(store, migrations_of(name), place, deadline);
}

Task<Status> Store::Impl::prepare(Store& store, Deadline deadline) {
  preparing = true;
  try {
    const auto made = co_await make_tables(store, deadline);
    prepared = made.has_value();
    preparing = false;
    co_return made;
  } catch (...) {
    preparing = false;
    throw;
  }
}

Task<void> Store::Impl::prepare_again(Store& store) {
  std::string refusal;
  try {
    const auto done = co_await prepare(store, loop.now() + options.patience);
    if (!done) refusal = done.error().message;
  } catch (const std::runtime_error& mismatch) {
    refusal = mismatch.what();
  }
  if (refusal.empty()) {
    spdlog::info("{} is there, and is used.", place);
  } else if (refusal != last_refusal) {
    spdlog::error("{} cannot be used: {}", place, refusal);
  }
  last_refusal = refusal;
}

/// Asks each second whether the server is there, so that nobody waits for one that hangs or is cut off.
Task<void> Store::Impl::look(Store& store, BackgroundLoops::StopFlag stop) {
  for (;;) {
    // It has just been asked.
    co_await stop.sleep_for(look_interval);
    if (stop.stopping()) co_return;
    is_silent = co_await hangs();
    if (is_silent) {
      reachable = false;
      continue;
    }
    const auto spoke = co_await speaks();
    if (spoke && *spoke && reachable && !prepared) co_await prepare_again(store);
  }
}

http::ClientRequest Store::Impl::request_of(const Statement& statement, seconds time_limit) const {
  http::ClientRequest request{
      .method = http::Method::post, .target = {}, .headers = {}, .body = {}, .upgrade = {}};
  auto& target = request.target = "/?database=" + (statement.in_database ? options.database : "default");
  request.body = statement.body;
  if (statement.changes) {
    target += fmt::format("&max_execution_time={}", time_limit.count());
  } else {
    // Old servers take this one only from the address.
    target += fmt::format("&max_result_rows={}", options.answer_rows);
    request.body += fmt::format(" SETTINGS max_execution_time = {}, max_memory_usage = {}{} FORMAT {}",
                                time_limit.count(), options.memory_bytes, ask_settings, statement.format);
    // It has to be known before the statement is read.
    if (request.body.size() > usual_statement_bytes)
      target += fmt::format("&max_query_size={}", statement_bytes);
  }
  if (!statement.query.empty()) target += "&query=" + percent_encode(statement.query);
  request.headers.set("X-ClickHouse-User", address.user);
  if (!address.password.empty()) request.headers.set("X-ClickHouse-Key", address.password);
  if (request.body.size() < worth_compressing) return request;
  if (auto packed = http::gzip(request.body)) {
    request.body = *std::move(packed);
    request.headers.set("Content-Encoding", "gzip");
  }
  return request;
}

Task<Status> Store::Impl::look_at_settings(Store& store, Deadline deadline) {
  constexpr std::string_view wanted = "exact_rows_before_limit";
  CLOUDCART_CO_TRY(const auto rows,
                   co_await store.ask(
                       fmt::format("SELECT name FROM system.settings WHERE name = '{}'", wanted), deadline));
  if (rows.size() > 0) ask_settings = fmt::format(", {} = 1", wanted);
  co_return Status{};
}

/// On the loop's thread; a span.
Task<Result<std::string>> Store::Impl::send(Statement statement, Deadline deadline) {
  Span span(co_await current_span(), SpanKind::client, "");
  if (!span.is_recorded()) co_return co_await send_untraced(std::move(statement), deadline);
  const std::string_view text = statement.query.empty() ? statement.body : statement.query;
  const auto operation = text.substr(0, text.find_first_of(" \n"));
  span.set_name(fmt::format("{} {}", operation, options.database));
  span.set("db.system.name", "clickhouse");
  span.set("db.namespace", options.database);
  span.set("db.operation.name", operation);
  span.set("server.address", address.host);
  span.set("server.port", address.port);
  auto answer = co_await send_untraced(std::move(statement), deadline);
  if (!answer) span.fail(to_string(answer.error().code));
  co_return answer;
}

Task<Result<std::string>> Store::Impl::send_untraced(Statement statement, Deadline deadline) {
  // Nobody waits for a server that has never been there, or has gone.
  if (statement.in_database && ((!prepared && !preparing) || is_silent))
    co_return fail(ErrorCode::unavailable, "ClickHouse does not answer.");
  const auto until = std::min(deadline, loop.now() + options.patience);
  CLOUDCART_CO_TRY(const auto pass, co_await turnstile.enter(until));
  for (bool again = true;; again = false) {
    const auto left = std::chrono::ceil<seconds>(until - loop.now());
    if (left <= seconds{0})
      co_return fail(ErrorCode::deadline_exceeded, "The question waited longer than its time limit.");
    auto response = co_await client.send(request_of(statement, left), until);
    if (response && response->status == 200) {
      ++answers;
      co_return std::move(response->body);
    }
    if (response) {
      answers += exception_code(*response).has_value();
      if (lacks_database(*response)) prepared = false;
      co_return std::unexpected(error_of(*response));
    }
    const bool in_time = loop.now() < until;
    if (again && in_time && is_lost(response.error())) continue;
    if (!is_lost(response.error())) co_return std::unexpected(std::move(response).error());
    co_return std::unexpected(lost(statement.changes, in_time, response.error().code));
  }
}

Store::Store(StoreOptions options, std::string name)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(name))) {
  migrations::check_name("The ClickHouse database", impl_->options.database);
  const auto prepared = sync_wait(on_own_thread([&]() -> Task<Status> {
    const auto spoke = co_await impl_->speaks();
    if (spoke && *spoke)
      co_return co_await impl_->prepare(*this, impl_->loop.now() + impl_->options.patience);
    spdlog::warn("{} does not answer; it is used once it does.", impl_->place);
    co_return Status{};
  }));
  if (!prepared) throw std::runtime_error(impl_->place + " cannot be used: " + prepared.error().message);
  impl_->background.start("clickhouse look", impl_->loop,
                          [this](BackgroundLoops::StopFlag stop) { return impl_->look(*this, stop); });
}

Store::~Store() = default;

bool Store::is_reachable() const {
  return impl_->reachable && impl_->prepared;
}

Executor& Store::executor() {
  return impl_->loop;
}

Task<Result<Answer>> Store::ask(std::string sql, Deadline deadline) {
  co_return co_await on_own_thread([&]() -> Task<Result<Answer>> {
    CLOUDCART_CO_TRY(const auto body,
                     co_await impl_->send({.query = {}, .body = std::move(sql), .changes = false}, deadline));
    try {
      co_return Answer(body);
    } catch (const std::runtime_error& broken) {
      // A server that fails on the way says so in the middle of its answer.
      co_return fail(ErrorCode::unavailable, broken.what());
    }
  });
}

Task<Result<std::string>> Store::ask_rows(std::string sql, Deadline deadline) {
  co_return co_await on_own_thread([&]() -> Task<Result<std::string>> {
    co_return co_await impl_->send(
        {.query = {}, .body = std::move(sql), .changes = false, .format = "RowBinary"}, deadline);
  });
}

Task<Status> Store::run(std::string sql, Deadline deadline) {
  co_return co_await on_own_thread([&]() -> Task<Status> {
    CLOUDCART_CO_CHECK(co_await impl_->send({.query = {}, .body = std::move(sql)}, deadline));
    co_return Status{};
  });
}

Task<Status> Store::insert(std::string table, std::string rows, Deadline deadline) {
  if (rows.empty()) co_return Status{};
  co_return co_await on_own_thread([&]() -> Task<Status> {
    CLOUDCART_CO_CHECK(co_await impl_->send(
        {.query = "INSERT INTO " + table + " FORMAT RowBinary", .body = std::move(rows)}, deadline));
    co_return Status{};
  });
}

}  // namespace cloudcart::clickhouse
