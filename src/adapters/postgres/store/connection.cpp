#include "adapters/postgres/store/connection.h"

#include <array>
#include <unordered_map>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <spdlog/spdlog.h>

#include "core/text.h"
#include "runtime/tracing.h"

namespace cloudcart::postgres {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

namespace {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

constexpr int binary = 1;

/// The last line break of libpq's messages is dropped.
std::string trimmed(const char* message) {
  std::string text = message ? message : "";
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

std::string field_of(const PGresult* result, int field) {
  const char* value = PQresultErrorField(result, field);
  return value ? value : "";
}

Failure failure_of(const PGresult* result) {
  return {field_of(result, PG_DIAG_SQLSTATE), field_of(result, PG_DIAG_CONSTRAINT_NAME),
          trimmed(PQresultErrorMessage(result))};
}

/// Of plans that a changed schema has made wrong, and of prepared statements that somebody else threw away.
bool spoils_statements(const Failure& failure) {
  return failure.sqlstate() == "0A000" || failure.sqlstate() == "26000";
}

}  // namespace

struct Connection::Impl {
  explicit Impl(EventLoop& event_loop) : loop(event_loop), socket(loop.context()), timer(loop.context()) {}
  ~Impl() { let_go(); }

  /// Someone who waits for the server; settled once.
  struct Waiter {
    explicit Waiter(Resolver<bool> r) : resolve(r) {}
    Resolver<bool> resolve;
    bool settled = false;
    void settle(bool ready) {
      if (!std::exchange(settled, true)) resolve(ready);
    }
  };
  /// The timer's: it may be due, and told of later, when the limit has been moved or the connection is gone.
  struct Limit {
    MonotonicTime until = MonotonicTime::max();
    std::weak_ptr<Waiter> waiter;
  };
  struct Prepared {
    std::string name;
    std::vector<unsigned> types;
  };

  void let_go() {
    timer.cancel();
    if (socket.is_open()) socket.release();
    connection.reset();
  }
  /// The socket may be another one at each step of connecting.
  void watch_socket() {
    const int descriptor = PQsocket(connection.get());
    if (socket.is_open() && socket.native_handle() == descriptor) return;
    if (socket.is_open()) socket.release();
    socket.assign(descriptor);
  }
  void arm() {
    timer.expires_at(limit->until);
    timer.async_wait([&clock = loop, limit = limit](boost::system::error_code error) {
      if (error || clock.now() < limit->until) return;
      if (const auto waiting = limit->waiter.lock()) waiting->settle(false);
    });
  }
  /// False when there was not to be waited any longer.
  Task<bool> ready(bool to_read, bool to_write);
  Task<void> connect(const ConnectionSettings& settings);
  void send(const Query& query, std::vector<bool>& prepared_now);
  void send_prepare(const Query& query, Prepared& prepared);
  Task<void> flush();
  Task<Answer> next();
  Task<Answer> answer_of_one();
  /// Reads up to the synchronisation point. Answers the first failure.
  Task<std::optional<Failure>> receive(const std::vector<const Query*>& queries,
                                       const std::vector<bool>& prepared_now, std::vector<Rows>& rows);
  /// What broke makes the connection useless.
  [[noreturn]] void broken(std::string why) {
    spent = true;
    throw Failure("", "", std::move(why));
  }
  [[noreturn]] void broken() { broken(trimmed(PQerrorMessage(connection.get()))); }

  EventLoop& loop;
  stream_descriptor socket;
  asio::steady_timer timer;
  std::unique_ptr<PGconn, Finish> connection;
  std::string schema;
  const std::shared_ptr<Limit> limit = std::make_shared<Limit>();
  std::unordered_map<std::string, Prepared> statements;
  std::size_t named = 0;
  bool spent = true;
};

Task<bool> Connection::Impl::ready(bool to_read, bool to_write) {
  if (loop.now() >= limit->until) co_return false;
  co_return co_await await_value<bool>([this, to_read, to_write](Resolver<bool> resolve) {
    auto waiting = std::make_shared<Waiter>(resolve);
    limit->waiter = waiting;
    // An error is found by libpq, when it looks.
    const auto wake = [waiting](boost::system::error_code) { waiting->settle(true); };
    if (to_read) socket.async_wait(stream_descriptor::wait_read, wake);
    if (to_write) socket.async_wait(stream_descriptor::wait_write, wake);
  });
}

Task<void> Connection::Impl::connect(const ConnectionSettings& settings) {
  const std::array keywords{"dbname", "fallback_application_name", "client_encoding",
                            static_cast<const char*>(nullptr)};
  const std::array values{settings.url.c_str(), settings.application_name.c_str(), "UTF8",
                          static_cast<const char*>(nullptr)};
  connection.reset(PQconnectStartParams(keywords.data(), values.data(), /*expand_dbname=*/1));
  if (!connection || PQstatus(connection.get()) == CONNECTION_BAD) broken();
  for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;) {
    watch_socket();
    if (!co_await ready(state == PGRES_POLLING_READING, state == PGRES_POLLING_WRITING))
      broken("The server did not take the connection in time.");
    // It may be closed, and another of the same number opened, while it is polled.
    socket.release();
    state = PQconnectPoll(connection.get());
    if (state == PGRES_POLLING_FAILED) broken();
  }
  watch_socket();
}

void Connection::Impl::send_prepare(const Query& query, Prepared& prepared) {
  if (!PQsendPrepare(connection.get(), prepared.name.c_str(), query.sql.c_str(),
                     static_cast<int>(prepared.types.size()), prepared.types.data()))
    broken();
}

void Connection::Impl::send(const Query& query, std::vector<bool>& prepared_now) {
  auto [found, is_new] = statements.try_emplace(query.sql);
  auto& prepared = found->second;
  if (is_new) {
    prepared = {.name = "s" + std::to_string(++named), .types = query.params.types()};
    send_prepare(query, prepared);
  } else if (prepared.types != query.params.types()) {
    throw std::logic_error("one statement with parameters of other types: " + query.sql);
  }
  prepared_now.push_back(is_new);
  const auto& values = query.params.values();
  std::vector<const char*> pointers;
  std::vector<int> lengths;
  for (const auto& value : values) {
    pointers.push_back(value ? value->data() : nullptr);
    lengths.push_back(value ? static_cast<int>(value->size()) : 0);
  }
  const std::vector<int> formats(values.size(), binary);
  if (!PQsendQueryPrepared(connection.get(), prepared.name.c_str(), static_cast<int>(values.size()),
                           pointers.data(), lengths.data(), formats.data(), binary))
    broken();
}

Task<void> Connection::Impl::flush() {
  for (;;) {
    const int left = PQflush(connection.get());
    if (left < 0) broken();
    if (left == 0) co_return;
    // Its answers have to be taken meanwhile, or both sides would wait for each other.
    if (!co_await ready(true, true)) broken("The server did not take the statements in time.");
    if (!PQconsumeInput(connection.get())) broken();
  }
}

Task<Answer> Connection::Impl::next() {
  while (PQisBusy(connection.get())) {
    if (!co_await ready(true, false)) broken("The server did not answer in time.");
    if (!PQconsumeInput(connection.get())) broken();
  }
  co_return Answer{PQgetResult(connection.get())};
}

/// Of one statement: its answer and the null that ends it.
Task<Answer> Connection::Impl::answer_of_one() {
  auto answer = co_await next();
  if (!answer) broken("The server's answers do not belong to what was asked.");
  const auto end = co_await next();
  if (end) broken("The server answered a statement more than once.");
  co_return answer;
}

Task<std::optional<Failure>> Connection::Impl::receive(const std::vector<const Query*>& queries,
                                                       const std::vector<bool>& prepared_now,
                                                       std::vector<Rows>& rows) {
  std::optional<Failure> first;
  const auto take = [&](const Answer& answer) {
    const auto status = PQresultStatus(answer.get());
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) return true;
    if (!first && status != PGRES_PIPELINE_ABORTED) first = failure_of(answer.get());
    return false;
  };
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (prepared_now[i]) {
      const auto prepared = co_await answer_of_one();
      if (!take(prepared)) statements.erase(queries[i]->sql);
    }
    auto answer = co_await answer_of_one();
    if (take(answer) && !first) rows.emplace_back(answer.release());
  }
  const auto point = co_await next();
  if (PQresultStatus(point.get()) != PGRES_PIPELINE_SYNC)
    broken("The server's answers do not end where what was asked ended.");
  co_return first;
}

Connection::Connection(EventLoop& loop) : impl_(std::make_unique<Impl>(loop)) {}
Connection::~Connection() = default;

void Connection::wait_until(MonotonicTime until) {
  impl_->limit->until = until;
  impl_->arm();
}

Task<void> Connection::open(ConnectionSettings settings) {
  impl_->schema = settings.schema;
  co_await impl_->connect(settings);
  PQsetNoticeProcessor(
      impl_->connection.get(),
      [](void*, const char* message) { spdlog::info("PostgreSQL says: {}", trimmed(message)); }, nullptr);
  if (PQsetnonblocking(impl_->connection.get(), 1) != 0 || !PQenterPipelineMode(impl_->connection.get()))
    impl_->broken();
  impl_->spent = false;
  // The server looks after a statement now and then whether who asked is still there.
  const auto settle = query(
      "SELECT set_config('search_path', $1, false), set_config('statement_timeout', $2, false),"
      " set_config('idle_in_transaction_session_timeout', '5s', false),"
      " set_config('client_connection_check_interval', '2s', false)",
      settings.schema, std::to_string(settings.statement_timeout.count()));
  co_await exchange({&settle});
}

/// After the conventions of OpenTelemetry for databases. The statements' text is not told: it is always the same for an
/// operation of the store, and long.
void Connection::describe(Span& span, std::span<const Query* const> queries) const {
  auto* const connection = impl_->connection.get();
  const auto last = trim(queries.back()->sql);
  const auto operation = last.substr(0, last.find_first_of(" \n"));
  const auto place = fmt::format("{}|{}", PQdb(connection), impl_->schema);
  span.set_name(fmt::format("{} {}", operation, place));
  span.set("db.system.name", "postgresql");
  span.set("db.namespace", place);
  span.set("db.operation.name", operation);
  if (queries.size() > 1) span.set("db.operation.batch.size", queries.size());
  span.set("server.address", PQhost(connection));
  span.set("server.port", std::atoi(PQport(connection)));
}

Task<std::vector<Rows>> Connection::exchange(std::vector<const Query*> queries) {
  Span span(co_await current_span(), SpanKind::client, "");
  if (!span.is_recorded()) co_return co_await round_trip(std::move(queries));
  describe(span, queries);
  try {
    co_return co_await round_trip(std::move(queries));
  } catch (const Failure& failure) {
    span.fail(failure.sqlstate().empty() ? "connection" : failure.sqlstate());
    throw;
  }
}

Task<std::vector<Rows>> Connection::round_trip(std::vector<const Query*> queries) {
  std::vector<bool> prepared_now;
  prepared_now.reserve(queries.size());
  for (const auto* one : queries) impl_->send(*one, prepared_now);
  if (!PQpipelineSync(impl_->connection.get())) impl_->broken();
  co_await impl_->flush();
  std::vector<Rows> rows;
  rows.reserve(queries.size());
  const auto failure = co_await impl_->receive(queries, prepared_now, rows);
  if (failure) {
    if (PQstatus(impl_->connection.get()) == CONNECTION_BAD || spoils_statements(*failure))
      impl_->spent = true;
    throw *failure;
  }
  co_return rows;
}

bool Connection::is_spent() const {
  return impl_->spent;
}

bool Connection::in_transaction() const {
  const auto status = PQtransactionStatus(impl_->connection.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

}  // namespace cloudcart::postgres
