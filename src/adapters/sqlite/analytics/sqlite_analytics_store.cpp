#include "adapters/sqlite/analytics/sqlite_analytics_store.h"

#include <mutex>
#include <shared_mutex>

#include "adapters/sqlite/analytics/fact_writer.h"

namespace cloudcart::analytics {
namespace {

using sqlite::Connection;

/// Rows that one call of remove_remains() takes away: a pause of some milliseconds for the writer.
constexpr std::int64_t rows_at_once = 5'000;

struct Generation {
  std::int64_t number = 0;
  std::int64_t position = 0;
};

std::optional<Generation> generation(Connection& connection, bool is_asked) {
  auto row = connection.prepare("SELECT number, position FROM generation WHERE is_asked = ?");
  row.bind(is_asked);
  if (!row.step()) return std::nullopt;
  return Generation{row.integer(0), row.integer(1)};
}

void set_position(Connection& connection, const Generation& generation) {
  connection.prepare("UPDATE generation SET position = ? WHERE number = ?")
      .bind_all(generation.position, generation.number)
      .run();
}

void drop_generation(Connection& connection, std::int64_t number) {
  connection.prepare("DELETE FROM generation WHERE number = ?").bind(number).run();
}

DeadLetter letter_at(const sqlite::Statement& row) {
  return {row.integer(0), events::parse_order_event(row.text(1)).value(), row.string(2), row.integer(3)};
}

std::optional<DeadLetter> find_letter(Connection& connection, std::int64_t number, const TenantId& tenant,
                                      std::int64_t position) {
  auto row = connection.prepare(
      "SELECT position, event, reason, attempts FROM dead_letter"
      " WHERE generation = ? AND position = ? AND tenant = ?");
  row.bind_all(number, position, tenant.value);
  if (!row.step()) return std::nullopt;
  return letter_at(row);
}

void keep_letter(Connection& connection, std::int64_t number, std::int64_t position,
                 const std::string& reason) {
  connection
      .prepare(
          "UPDATE dead_letter SET reason = ?, attempts = attempts + 1 WHERE generation = ? AND position = ?")
      .bind_all(reason, number, position)
      .run();
}

DeadLetters::Page letters_of(Connection& connection, const TenantId& tenant, std::int64_t offset,
                             std::int64_t limit) {
  DeadLetters::Page page;
  const auto asked = generation(connection, true);
  if (!asked) return page;
  auto count = connection.prepare("SELECT count(*) FROM dead_letter WHERE generation = ? AND tenant = ?");
  count.bind_all(asked->number, tenant.value).step();
  page.total = count.integer(0);
  auto rows = connection.prepare(
      "SELECT position, event, reason, attempts FROM dead_letter WHERE generation = ? AND tenant = ?"
      " ORDER BY position LIMIT ? OFFSET ?");
  rows.bind_all(asked->number, tenant.value, limit, offset);
  while (rows.step()) page.letters.push_back(letter_at(rows));
  return page;
}

/// True when it took something away.
bool remove_some(Connection& connection) {
  auto shop = connection.prepare(
      "SELECT number FROM shop WHERE generation NOT IN (SELECT number FROM generation) LIMIT 1");
  if (!shop.step()) {
    connection.prepare("DELETE FROM dead_letter WHERE generation NOT IN (SELECT number FROM generation)")
        .run();
    return connection.changes() > 0;
  }
  const auto number = shop.integer(0);
  shop.reset();
  for (const std::string table : {"order_fact", "customer", "item"}) {
    connection
        .prepare("DELETE FROM " + table + " WHERE shop = ?1 AND number < ?2 + (SELECT min(number) FROM " +
                 table + " WHERE shop = ?1)")
        .bind_all(number, rows_at_once)
        .run();
    if (connection.changes() > 0) return true;
  }
  connection.prepare("DELETE FROM placed_order WHERE shop = ?").bind(number).run();
  connection.prepare("DELETE FROM shop WHERE number = ?").bind(number).run();
  return true;
}

/// What cannot be added up for a reason that no check foresaw is the whole batch's failure, and said as such.
template <class Write>
auto guarded(Write write) -> decltype(write()) {
  try {
    return write();
  } catch (const sqlite::Failure&) {
    throw;  // the store's to answer: it rolls back
  } catch (const std::exception& broken) {
    return fail(ErrorCode::internal, std::string{"The events cannot be added up: "} + broken.what());
  }
}

}  // namespace

SqliteAnalyticsStore::SqliteAnalyticsStore(sqlite::Store& store, OffloadPool& readers, Options options)
    : store_(store),
      readers_(readers),
      options_(std::move(options)),
      asked_(std::make_unique<Memory>(options_.days)) {
  load();
}

void SqliteAnalyticsStore::load() {
  store_.read_at_start("the facts of analytics", [this](Connection& connection) -> Status {
    FactReader facts(connection);
    const auto asked = facts.asked();
    asked_->position = asked.position;
    asked_->dead_letters = facts.dead_letters(asked.number);
    note_state();
    for (const auto& shop : facts.shops(asked.number))
      facts.teach(shop, [&](const Lesson& lesson) { asked_->learn(shop.tenant, lesson); });
    return {};
  });
}

Result<SqliteAnalyticsStore::Written> SqliteAnalyticsStore::write_batch(
    Connection& connection, Target target, const std::vector<events::LogRecord>& records) const {
  auto state = generation(connection, target == Target::asked);
  if (!state) return fail(ErrorCode::conflict, "No rebuild is under way.");
  Written written{.applied = {.position = state->position}};
  auto& applied = written.applied;
  FactWriter writer(connection, state->number, options_.currency);
  for (const auto& record : records) {
    if (record.position <= applied.position) continue;
    if (auto placed = writer.absorb(record)) applied.placed.push_back(*std::move(placed));
    applied.position = record.position;
    ++applied.events;
  }
  if (applied.events == 0) return written;
  applied.dead_letters = writer.dead_letters();
  writer.remember(applied.placed);
  writer.store();
  set_position(connection, {state->number, applied.position});
  written.learned = std::make_shared<const Learned>(writer.learned());
  return written;
}

Result<SqliteAnalyticsStore::Written> SqliteAnalyticsStore::write_retry(Connection& connection,
                                                                        const TenantId& tenant,
                                                                        std::int64_t position) const {
  const auto asked = generation(connection, true).value();
  const auto letter = find_letter(connection, asked.number, tenant, position);
  if (!letter) return fail(Error::not_found("The dead letter was"));
  Written written{.applied = {.position = asked.position}};
  FactWriter writer(connection, asked.number, options_.currency);
  std::optional<PlacedOrder> placed;
  written.reason = writer.add_up({position, letter->event}, placed);
  if (written.reason) {
    keep_letter(connection, asked.number, position, *written.reason);
  } else {
    written.settled_letters = 1;
    if (placed) written.applied.placed.push_back(*std::move(placed));
    written.applied.events = 1;
    writer.remember(written.applied.placed);
    connection.prepare("DELETE FROM dead_letter WHERE generation = ? AND position = ?")
        .bind_all(asked.number, position)
        .run();
  }
  // Customers and items may have got their numbers before the event failed.
  writer.store();
  written.learned = std::make_shared<const Learned>(writer.learned());
  return written;
}

/// Called on the writer's thread, in the order of the commits.
void SqliteAnalyticsStore::learn(Target target, const Written& written) {
  const std::scoped_lock lock(mutex_);
  auto& memory = target == Target::asked ? asked_ : rebuilt_;
  if (!memory) return;
  if (written.learned)
    for (const auto& [tenant, lesson] : *written.learned) memory->learn(tenant, lesson);
  memory->position = std::max(memory->position, written.applied.position);
  memory->dead_letters += static_cast<std::int64_t>(written.applied.dead_letters) - written.settled_letters;
  note_state();
}

/// For those who must not wait for a lock that a long question may hold.
void SqliteAnalyticsStore::note_state() {
  position_ = asked_->position;
  dead_letters_ = asked_->dead_letters;
}

Task<Result<SqliteAnalyticsStore::Written>> SqliteAnalyticsStore::write(
    Target target, std::vector<events::LogRecord> records, Deadline deadline) {
  co_return co_await store_.write(
      deadline,
      [this, target, records = std::move(records)](Connection& connection) -> Result<Written> {
        return guarded([&] { return write_batch(connection, target, records); });
      },
      [this, target](const Written& written) { learn(target, written); });
}

Task<Result<std::int64_t>> SqliteAnalyticsStore::position(Deadline) {
  co_return position_.load();
}

Task<Result<Applied>> SqliteAnalyticsStore::apply(std::vector<events::LogRecord> records, Deadline deadline) {
  CLOUDCART_CO_TRY(auto written, co_await write(Target::asked, std::move(records), deadline));
  co_return std::move(written.applied);
}

Task<Result<std::vector<PlacedOrder>>> SqliteAnalyticsStore::placed_after(TenantId tenant, std::int64_t after,
                                                                          Deadline deadline) {
  co_return co_await store_.read(deadline,
                                 [tenant, after](Connection& connection) -> Result<std::vector<PlacedOrder>> {
                                   return FactReader(connection).placed_after(tenant, after);
                                 });
}

Task<Result<Totals>> SqliteAnalyticsStore::totals(TenantId tenant, Deadline deadline) {
  co_return co_await store_.read(deadline, [tenant](Connection& connection) -> Result<Totals> {
    return FactReader(connection).totals(tenant);
  });
}

template <class T, class Look>
Task<Result<T>> SqliteAnalyticsStore::look(TenantId tenant, Deadline deadline, Look look) {
  co_return co_await readers_.run(deadline, [this, &tenant, &look]() -> Result<T> {
    const std::shared_lock lock(mutex_);
    return look(asked_->find(tenant));
  });
}

Task<Result<CubeAnswers>> SqliteAnalyticsStore::ask(TenantId tenant, CubeQuestions questions,
                                                    Deadline deadline) {
  co_return co_await look<CubeAnswers>(tenant, deadline, [&](const ShopMemory* shop) -> Result<CubeAnswers> {
    CubeAnswers answers{.progress = {asked_->position, std::nullopt}};
    const ShopColumns nothing{options_.days};
    for (const auto& query : questions.queries) {
      CLOUDCART_TRY(auto answer, (shop ? shop->columns : nothing).ask(query));
      answers.answers.push_back(std::move(answer));
    }
    if (!shop) return answers;
    answers.progress.last_event_at = shop->last_event_at;
    answers.recent_orders = shop->recent.newest(questions.recent_orders);
    return answers;
  });
}

Task<Result<std::optional<Extent>>> SqliteAnalyticsStore::extent(TenantId tenant, Deadline deadline) {
  using Answer = std::optional<Extent>;
  co_return co_await look<Answer>(tenant, deadline, [&](const ShopMemory* shop) -> Result<Answer> {
    return shop ? shop->columns.extent() : std::nullopt;
  });
}

Task<Result<std::optional<Companions>>> SqliteAnalyticsStore::companions(TenantId tenant, ProductId product,
                                                                         TimeRange range, std::size_t limit,
                                                                         Deadline deadline) {
  using Answer = std::optional<Companions>;
  co_return co_await look<Answer>(tenant, deadline, [&](const ShopMemory* shop) -> Result<Answer> {
    if (!shop) return std::nullopt;
    return shop->columns.companions(product, range, limit);
  });
}

Task<Result<std::vector<Cohort>>> SqliteAnalyticsStore::cohorts(TenantId tenant, TimeAxis months,
                                                                Deadline deadline) {
  using Answer = std::vector<Cohort>;
  co_return co_await look<Answer>(tenant, deadline, [&](const ShopMemory* shop) -> Result<Answer> {
    return shop ? shop->columns.cohorts(months) : empty_cohorts(months);
  });
}

Task<Result<std::vector<CustomerProfile>>> SqliteAnalyticsStore::customers(TenantId tenant,
                                                                           Deadline deadline) {
  using Answer = std::vector<CustomerProfile>;
  co_return co_await look<Answer>(tenant, deadline, [&](const ShopMemory* shop) -> Result<Answer> {
    return shop ? shop->columns.customer_profiles() : Answer{};
  });
}

Task<Result<DeadLetters::Page>> SqliteAnalyticsStore::list_dead_letters(TenantId tenant, std::int64_t offset,
                                                                        std::int64_t limit,
                                                                        Deadline deadline) {
  co_return co_await store_.read(deadline, [=](Connection& connection) -> Result<Page> {
    return letters_of(connection, tenant, offset, limit);
  });
}

Task<Result<DeadLetters::Retried>> SqliteAnalyticsStore::retry_dead_letter(TenantId tenant,
                                                                           std::int64_t position,
                                                                           Deadline deadline) {
  CLOUDCART_CO_TRY(auto written,
                   co_await store_.write(
                       deadline,
                       [this, tenant, position](Connection& connection) -> Result<Written> {
                         return guarded([&] { return write_retry(connection, tenant, position); });
                       },
                       [this](const Written& done) { learn(Target::asked, done); }));
  co_return Retried{std::move(written.reason), std::move(written.applied)};
}

Task<Status> SqliteAnalyticsStore::begin_rebuild(Deadline deadline) {
  co_return co_await store_.write(
      deadline,
      [](Connection& connection) -> Status {
        if (const auto begun = generation(connection, false)) drop_generation(connection, begun->number);
        // A number that no remains of an earlier rebuild have.
        connection
            .prepare(
                "INSERT INTO generation(number, is_asked, position) SELECT 1 + max(number), 0, 0 FROM"
                " (SELECT number FROM generation UNION ALL SELECT generation FROM shop"
                " UNION ALL SELECT generation FROM dead_letter)")
            .run();
        return {};
      },
      [this](std::monostate) {
        const std::scoped_lock lock(mutex_);
        rebuilt_ = std::make_unique<Memory>(options_.days);
      });
}

Task<Result<std::int64_t>> SqliteAnalyticsStore::apply_to_rebuild(std::vector<events::LogRecord> records,
                                                                  Deadline deadline) {
  CLOUDCART_CO_TRY(const auto written, co_await write(Target::rebuilt, std::move(records), deadline));
  co_return written.applied.position;
}

Task<Result<bool>> SqliteAnalyticsStore::switch_over(Deadline deadline) {
  co_return co_await store_.write(
      deadline,
      [](Connection& connection) -> Result<bool> {
        const auto asked = generation(connection, true).value();
        const auto rebuilt = generation(connection, false);
        if (!rebuilt) return fail(ErrorCode::conflict, "No rebuild is under way.");
        if (rebuilt->position != asked.position) return false;
        drop_generation(connection, asked.number);
        connection.prepare("UPDATE generation SET is_asked = 1 WHERE number = ?").bind(rebuilt->number).run();
        return true;
      },
      [this](bool switched) {
        if (!switched) return;
        std::unique_ptr<Memory> old;  // let go of after the lock
        const std::scoped_lock lock(mutex_);
        old = std::exchange(asked_, std::move(rebuilt_));
        note_state();
      });
}

Task<Result<bool>> SqliteAnalyticsStore::remove_remains(Deadline deadline) {
  co_return co_await store_.write(deadline, [this](Connection& connection) -> Result<bool> {
    // One that was begun before a restart is not known to this process.
    if (const auto begun = generation(connection, false)) {
      const std::shared_lock lock(mutex_);
      if (!rebuilt_) drop_generation(connection, begun->number);
    }
    return remove_some(connection);
  });
}

std::size_t SqliteAnalyticsStore::memory_bytes() const {
  const std::shared_lock lock(mutex_);
  return asked_->bytes();
}

}  // namespace cloudcart::analytics
