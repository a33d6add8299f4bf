#include "adapters/postgres/promotion/postgres_shop_target.h"

#include <set>
#include <stdexcept>

#include <fmt/format.h>

#include "adapters/postgres/promotion/promotion_mark.h"
#include "adapters/postgres/store/migrate.h"

namespace cloudcart::promotion {
namespace {

using postgres::Session;
using postgres::Store;

constexpr postgres::Terms unhurried{.unhurried = true};

/// First, so that nothing is made where another promotion works.
std::string lock(postgres::Link& link, const std::string& prefix) {
  if (link.value("SELECT pg_try_advisory_lock(hashtextextended(" +
                 link.literal("cloudcart promote " + prefix) + ", 0))") != "t")
    throw std::runtime_error(fmt::format(
        "Another promotion to the schemas {}_* is under way. Wait for its end, or stop it.", prefix));
  return prefix;
}

postgres::StoreOptions prepare(const std::string& url, const std::string& prefix, const TargetTables& names) {
  std::set<std::string> prepared;
  for (const auto& table : tables()) {
    const std::string store{table.store};
    if (!prepared.insert(store).second) continue;
    postgres::prepare_schema({.url = url, .schema = names.schema_of(store)}, store,
                             postgres::migrations_of(store));
  }
  return {.url = url, .schema = prefix + "_" + promotion_store, .pool_size = 2};
}

class PostgresRowReader final : public RowReader {
 public:
  PostgresRowReader(Store& store, const TargetTables& names, const Table& table, std::optional<Batch> after)
      : store_(store), names_(names), table_(table), after_(std::move(after)) {}

  Task<Result<Batch>> next(std::size_t limit, Deadline deadline) override {
    if (ended_) co_return Batch(table_.columns);
    CLOUDCART_CO_TRY(const auto rows,
                     co_await store_.ask(deadline, names_.select_rows(table_, after_, limit), unhurried));
    auto batch = TargetTables::read(table_.columns, rows);
    ended_ = batch.size() < limit;
    if (!batch.empty() && !table_.has_one_row()) after_ = key_of(table_, batch, batch.size() - 1);
    co_return batch;
  }

 private:
  Store& store_;
  const TargetTables& names_;
  const Table& table_;
  std::optional<Batch> after_;
  bool ended_ = false;
};

}  // namespace

PostgresShopTarget::PostgresShopTarget(std::string url, std::string prefix)
    : prefix_(std::move(prefix)),
      tables_(prefix_),
      lock_(url, fmt::format("the schemas {}_*", prefix_)),
      store_(prepare(url, lock(lock_, prefix_), tables_), promotion_store) {}

Task<Result<std::optional<PostgresShopTarget::Mark>>> PostgresShopTarget::mark(Deadline deadline) {
  // What the last one sent before it died may still be on its way to a commit: its transactions hold the row.
  CLOUDCART_CO_TRY(auto found, co_await store_.write(
                                   deadline,
                                   [](Session& session) -> Task<Result<std::optional<Mark>>> {
                                     const auto rows = co_await session.run(
                                         "SELECT source, finished_at IS NOT NULL FROM promotion FOR UPDATE");
                                     if (rows.empty()) co_return std::optional<Mark>{};
                                     co_return std::optional{Mark{rows[0].string(0), rows[0].boolean(1)}};
                                   },
                                   unhurried));
  co_return found;
}

Task<Status> PostgresShopTarget::check_empty(Deadline deadline) {
  for (const auto& table : tables()) {
    if (table.has_one_row()) continue;
    CLOUDCART_CO_TRY(
        const auto rows,
        co_await store_.ask(deadline,
                            {fmt::format("SELECT EXISTS (SELECT FROM {})", tables_.name_of(table)), {}}));
    if (rows[0].boolean(0))
      co_return fail(
          ErrorCode::conflict,
          fmt::format("The schemas {}_* hold another shop's data already ({} has rows). Name empty ones by "
                      "postgres.schema_prefix, or drop them.",
                      prefix_, tables_.name_of(table)));
  }
  co_return Status{};
}

Task<Status> PostgresShopTarget::check_unused(Deadline deadline) {
  std::vector<std::string> names;
  for (const auto& table : tables())
    names.push_back(postgres::application_name(std::string{table.store}, tables_.schema_of(table.store)));
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(deadline, postgres::query("SELECT application_name FROM pg_stat_activity WHERE"
                                                    " application_name = ANY ($1) LIMIT 1",
                                                    names)));
  if (rows.empty()) co_return Status{};
  co_return fail(
      ErrorCode::conflict,
      fmt::format("The schemas {}_* are in use ({}). Stop the services first.", prefix_, rows[0].text(0)));
}

Task<Result<ShopTarget::Begun>> PostgresShopTarget::begin(std::string source, Timestamp now,
                                                          Deadline deadline) {
  CLOUDCART_CO_TRY(const auto found, co_await mark(deadline));
  if (found && found->source != source)
    co_return fail(
        ErrorCode::conflict,
        fmt::format("The schemas {}_* hold {} of another shop, or of this one as it was before it went on. "
                    "Name empty ones by postgres.schema_prefix, or drop them.",
                    prefix_, found->is_finished ? "the promotion" : "an unfinished promotion"));
  if (found && found->is_finished) co_return Begun::finished;
  if (!found) {
    CLOUDCART_CO_CHECK(co_await check_empty(deadline));
    const auto put_mark = [source, now](Session& session) -> Task<Status> {
      co_await session.run("INSERT INTO promotion(source, started_at) VALUES($1, $2)", source, now);
      co_return Status{};
    };
    CLOUDCART_CO_CHECK(co_await store_.write(deadline, put_mark));
  }
  // After the mark: nobody starts to use the schemas any more.
  CLOUDCART_CO_CHECK(co_await check_unused(deadline));
  co_return found ? Begun::again : Begun::anew;
}

Task<Result<std::int64_t>> PostgresShopTarget::count(const Table& table, Deadline deadline) {
  CLOUDCART_CO_TRY(
      const auto rows,
      co_await store_.ask(deadline, {"SELECT count(*) FROM " + tables_.name_of(table), {}}, unhurried));
  co_return rows[0].integer(0);
}

std::unique_ptr<RowReader> PostgresShopTarget::read(const Table& table, std::optional<Batch> after) {
  return std::make_unique<PostgresRowReader>(store_, tables_, table, std::move(after));
}

Task<Result<std::optional<Batch>>> PostgresShopTarget::last_key(const Table& table, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto rows, co_await store_.ask(deadline, tables_.select_last_key(table), unhurried));
  if (rows.empty()) co_return std::optional<Batch>{};
  co_return std::optional{TargetTables::read(table.key(), rows)};
}

Task<Status> PostgresShopTarget::append(const Table& table, Batch rows, Deadline deadline) {
  const auto insert = tables_.insert_rows(table, rows);
  co_return co_await store_.write(
      deadline,
      [&insert](Session& session) -> Task<Status> {
        std::vector<postgres::Query> queries;
        queries.push_back({"SELECT FROM promotion WHERE finished_at IS NULL FOR SHARE", {}});
        queries.push_back(insert);
        co_await session.commit(std::move(queries));
        co_return Status{};
      },
      unhurried);
}

Task<Status> PostgresShopTarget::complete(const Table& table, Deadline deadline) {
  if (table.has_one_row()) co_return Status{};
  co_return co_await store_.write(
      deadline,
      [&](Session& session) -> Task<Status> {
        co_await session.commit(tables_.complete(table));
        co_return Status{};
      },
      unhurried);
}

Task<Status> PostgresShopTarget::finish(Timestamp now, Deadline deadline) {
  co_return co_await store_.write(deadline, [now](Session& session) -> Task<Status> {
    co_await session.run("UPDATE promotion SET finished_at = $1", now);
    co_return Status{};
  });
}

}  // namespace cloudcart::promotion
