#include "support/postgres_schema.h"

#include <array>
#include <atomic>
#include <iostream>
#include <memory>
#include <random>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <unistd.h>

#include "support/engines.h"

namespace cloudcart::test {

namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// The random part tells apart programs that had the same process id, on one server that both have used.
std::string unused_name() {
  static std::atomic<int> counter = 0;
  return fmt::format("test_{}_{}_{:08x}", getpid(), ++counter, std::random_device{}());
}

/// Waits for a bounded time, also for locks of a store that is still there.
Connection connect(const std::string& url) {
  constexpr std::array names = {"dbname", "connect_timeout", "options", static_cast<const char*>(nullptr)};
  const std::array values = {url.c_str(), "5", "-c lock_timeout=10s -c client_min_messages=warning",
                             static_cast<const char*>(nullptr)};
  return {PQconnectdbParams(names.data(), values.data(), 1), &PQfinish};
}

}  // namespace

PostgresSchema::PostgresSchema() : url_(postgres_url()), name_(unused_name()) {}

PostgresSchema::~PostgresSchema() {
  const auto connection = connect(url_);
  const auto sql = fmt::format("DROP SCHEMA IF EXISTS {} CASCADE", name_);
  const Answer answer{PQexec(connection.get(), sql.c_str()), &PQclear};
  if (PQresultStatus(answer.get()) == PGRES_COMMAND_OK) return;
  std::cerr << "The schema " << name_ << " stays behind: " << PQerrorMessage(connection.get());
}

}  // namespace cloudcart::test
