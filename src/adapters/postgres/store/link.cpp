#include "adapters/postgres/store/link.h"

#include <stdexcept>

#include <fmt/format.h>
#include <libpq-fe.h>

namespace cloudcart::postgres {

bool accepts_connections(const std::string& url) {
  const char* keywords[] = {"dbname", "connect_timeout", nullptr};
  const char* values[] = {url.c_str(), "2", nullptr};
  const auto answer = PQpingParams(keywords, values, 1);
  return answer == PQPING_OK || answer == PQPING_NO_ATTEMPT;
}

struct Link::Impl {
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection{nullptr, PQfinish};
};

Link::Link(const std::string& url, std::string where)
    : where_(std::move(where)), impl_(std::make_unique<Impl>()) {
  const char* keywords[] = {"dbname", "fallback_application_name", "connect_timeout", "client_encoding",
                            nullptr};
  const char* values[] = {url.c_str(), "cloudcart", "10", "UTF8", nullptr};
  auto& connection = impl_->connection;
  connection.reset(PQconnectdbParams(keywords, values, 1));
  if (!connection || PQstatus(connection.get()) != CONNECTION_OK)
    throw std::runtime_error(
        fmt::format("PostgreSQL of {} cannot be reached: {}Check its address, and that it runs.", where_,
                    PQerrorMessage(connection.get())));
  PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
}

Link::~Link() = default;

int Link::version() const {
  return PQserverVersion(impl_->connection.get());
}

std::vector<std::vector<std::string>> Link::run(const std::string& sql) {
  auto* connection = impl_->connection.get();
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection, sql.c_str()), PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error(fmt::format("PostgreSQL of {}: {}", where_, PQerrorMessage(connection)));
  std::vector<std::vector<std::string>> rows(static_cast<std::size_t>(PQntuples(result.get())));
  for (std::size_t row = 0; row < rows.size(); ++row)
    for (int column = 0; column < PQnfields(result.get()); ++column)
      rows[row].emplace_back(PQgetvalue(result.get(), static_cast<int>(row), column));
  return rows;
}

std::string Link::literal(const std::string& text) {
  const std::unique_ptr<char, decltype(&PQfreemem)> quoted(
      PQescapeLiteral(impl_->connection.get(), text.data(), text.size()), PQfreemem);
  return quoted.get();
}

}  // namespace cloudcart::postgres
