#include "adapters/clickhouse/analytics/clickhouse_analytics_store.h"

#include <algorithm>

#include "adapters/clickhouse/analytics/cube_answer.h"
#include "adapters/clickhouse/analytics/order_questions.h"
#include "adapters/clickhouse/analytics/relations.h"
#include "runtime/await_all.h"

namespace cloudcart::analytics {
namespace {

/// Of a question, when a rebuild is switched to each time.
constexpr int most_looks = 3;

Error no_rebuild() {
  return {ErrorCode::conflict, "No rebuild is under way.", {}};
}

std::set<ProductId> products_in(const std::vector<CubeAnswer>& answers) {
  std::set<ProductId> products;
  for (const auto& answer : answers)
    for (const auto& row : answer.rows)
      for (const auto& member : row.members)
        if (const auto* product = std::get_if<ProductId>(&member)) products.insert(*product);
  return products;
}

void set_names(std::vector<CubeAnswer>& answers, const std::map<ProductId, std::string>& names) {
  for (auto& answer : answers) {
    for (auto& row : answer.rows) {
      for (std::size_t i = 0; i < row.members.size(); ++i) {
        const auto* product = std::get_if<ProductId>(&row.members[i]);
        const auto name = product ? names.find(*product) : names.end();
        if (name != names.end()) row.names[i] = name->second;
      }
    }
  }
}

/// `slot` outlives the task.
template <class T>
Task<Status> put_into(T& slot, Task<Result<T>> task) {
  CLOUDCART_CO_TRY(slot, co_await std::move(task));
  co_return Status{};
}

/// All at once.
Task<Result<CubeAnswers>> ask_all(clickhouse::Store& store, TenantId tenant, CubeQuestions questions,
                                  GenerationProgress progress, Snapshot snapshot, Deadline deadline) {
  CubeAnswers answers;
  answers.progress.position = snapshot.position;
  if (const auto last = progress.last_event_at.find(tenant); last != progress.last_event_at.end())
    answers.progress.last_event_at = last->second;
  answers.answers.resize(questions.queries.size());
  std::vector<Task<Status>> tasks;
  for (std::size_t i = 0; i < questions.queries.size(); ++i)
    tasks.push_back(put_into(answers.answers[i],
                             ask_cube(store, std::move(questions.queries[i]), snapshot, tenant, deadline)));
  tasks.push_back(put_into(answers.recent_orders,
                           ask_recent_orders(store, questions.recent_orders, snapshot, tenant, deadline)));
  const auto ended = co_await await_all(std::move(tasks));
  for (const auto& done : ended)
    if (!done) co_return std::unexpected(done.error());
  CLOUDCART_CO_TRY(const auto names, co_await ask_names(store, products_in(answers.answers),
                                                        snapshot.generation, tenant, deadline));
  set_names(answers.answers, names);
  co_return answers;
}

/// All of them of columns in memory.
Result<CubeAnswers> recall_all(const ShopMemory* shop, std::int64_t position,
                               const CubeQuestions& questions) {
  CubeAnswers answers{.progress = {position, std::nullopt}, .answers = {}, .recent_orders = {}};
  answers.answers.resize(questions.queries.size());
  if (!shop) return answers;
  for (std::size_t i = 0; i < questions.queries.size(); ++i) {
    CLOUDCART_TRY(answers.answers[i], shop->columns.ask(questions.queries[i]));
  }
  answers.progress.last_event_at = shop->last_event_at;
  answers.recent_orders = shop->recent.newest(questions.recent_orders);
  return answers;
}

}  // namespace

ClickHouseAnalyticsStore::ClickHouseAnalyticsStore(clickhouse::Store& store, OffloadPool& readers,
                                                   Options options)
    : store_(store),
      options_(std::move(options)),
      generations_(store, options_.rebuild_lease),
      letters_(store),
      writer_(store, options_.currency),
      columns_(store, generations_, readers,
               {options_.days, options_.memory_bytes, options_.short_distance}) {}

template <class T, class Look>
Task<Result<T>> ClickHouseAnalyticsStore::look_from(Generations::State state, Deadline deadline, Look look) {
  for (int looks = 1;; ++looks) {
    auto answer = co_await look(state);
    if (!answer) co_return answer;
    CLOUDCART_CO_TRY(auto after, co_await generations_.read(deadline));
    if (after.asked == state.asked) co_return answer;
    if (looks == most_looks) co_return fail(ErrorCode::unavailable, "Analytics is being rebuilt; try again.");
    state = std::move(after);
  }
}

template <class T, class Look>
Task<Result<T>> ClickHouseAnalyticsStore::look(Deadline deadline, Look look) {
  co_return co_await store_.on_own_thread([&]() -> Task<Result<T>> {
    CLOUDCART_CO_TRY(auto state, co_await generations_.read(deadline));
    co_return co_await look_from<T>(std::move(state), deadline, look);
  });
}

template <class T, class Recall, class Look>
Task<Result<T>> ClickHouseAnalyticsStore::recall_or_look(TenantId tenant, Deadline deadline, Recall recall,
                                                         Look look) {
  co_return co_await store_.on_own_thread([&]() -> Task<Result<T>> {
    CLOUDCART_CO_TRY(auto state, co_await generations_.read(deadline));
    CLOUDCART_CO_TRY(auto recalled, co_await columns_.look<T>(state, tenant, deadline, recall));
    if (recalled) co_return *std::move(recalled);
    co_return co_await look_from<T>(std::move(state), deadline, look);
  });
}

Task<Result<std::int64_t>> ClickHouseAnalyticsStore::position(Deadline deadline) {
  CLOUDCART_CO_TRY(const auto state, co_await generations_.read(deadline));
  co_return state.of_asked().position;
}

Result<ClickHouseAnalyticsStore::Place> ClickHouseAnalyticsStore::place_in(const Generations::State& state) {
  const Place stored{state.asked, state.of_asked().position};
  const std::scoped_lock lock(mutex_);
  if (!applied_) applied_ = stored;
  // Others have stored everything up to their position, and this process goes on from where it was; but not over a gap.
  const bool is_beyond = applied_->position > stored.position;
  const bool is_same = applied_->generation == state.asked;
  applied_ = is_beyond ? stored : Place{state.asked, applied_->position};
  if (!is_beyond) return *applied_;
  return fail(ErrorCode::unavailable,
              is_same
                  ? "ClickHouse has lost what it held; going on from what it has."
                  : "Another process has rebuilt analytics, up to an earlier position; going on from there.");
}

Result<ClickHouseAnalyticsStore::Place> ClickHouseAnalyticsStore::place_of_rebuild() {
  const std::scoped_lock lock(mutex_);
  if (!rebuilt_) return std::unexpected(no_rebuild());
  return *rebuilt_;
}

/// Records up to the place are skipped; those that are stored already are only looked at.
Task<Result<Applied>> ClickHouseAnalyticsStore::apply_from(Place place, GenerationProgress stored,
                                                           std::vector<events::LogRecord> records,
                                                           Deadline deadline) {
  std::erase_if(records, [&](const events::LogRecord& record) { return record.position <= place.position; });
  if (records.empty()) co_return Applied{.position = place.position};
  const auto end = records.back().position;
  const bool is_news = end > stored.position;
  CLOUDCART_CO_TRY(auto written,
                   co_await writer_.write(place.generation, std::move(records), is_news, deadline));
  written.applied.position = end;
  if (!is_news) co_return std::move(written.applied);
  for (auto& [tenant, at] : written.last_event_at)
    if (const auto known = stored.last_event_at.find(tenant); known != stored.last_event_at.end())
      at = std::max(at, known->second);
  CLOUDCART_CO_CHECK(co_await generations_.advance(place.generation, stored.position,
                                                   {end, std::move(written.last_event_at)}, deadline));
  co_return std::move(written.applied);
}

Task<Result<Applied>> ClickHouseAnalyticsStore::apply(std::vector<events::LogRecord> records,
                                                      Deadline deadline) {
  co_return co_await store_.on_own_thread([&]() -> Task<Result<Applied>> {
    CLOUDCART_CO_TRY(const auto state, co_await generations_.read(deadline));
    CLOUDCART_CO_TRY(const auto place, place_in(state));
    CLOUDCART_CO_TRY(auto applied,
                     co_await apply_from(place, state.of_asked(), std::move(records), deadline));
    dead_letters_seen_ += static_cast<std::int64_t>(applied.dead_letters);
    const std::scoped_lock lock(mutex_);
    if (applied_->generation == place.generation)
      applied_->position = std::max(applied_->position, applied.position);
    co_return applied;
  });
}

Task<Result<std::vector<PlacedOrder>>> ClickHouseAnalyticsStore::placed_after(TenantId tenant,
                                                                              std::int64_t after,
                                                                              Deadline deadline) {
  co_return co_await look<std::vector<PlacedOrder>>(deadline, [&](const Generations::State& state) {
    return ask_placed_after(store_, after, asked_in(state), tenant, deadline);
  });
}

Task<Result<Totals>> ClickHouseAnalyticsStore::totals(TenantId tenant, Deadline deadline) {
  co_return co_await look<Totals>(deadline, [&](const Generations::State& state) -> Task<Result<Totals>> {
    const auto snapshot = asked_in(state);
    CLOUDCART_CO_TRY(auto totals, co_await ask_totals(store_, snapshot, tenant, deadline));
    CLOUDCART_CO_TRY(totals.dead_letters, co_await letters_.positions(snapshot, tenant, deadline));
    co_return totals;
  });
}

Task<Result<CubeAnswers>> ClickHouseAnalyticsStore::ask(TenantId tenant, CubeQuestions questions,
                                                        Deadline deadline) {
  co_return co_await recall_or_look<CubeAnswers>(
      tenant, deadline,
      [&](const ShopMemory* shop, std::int64_t position) { return recall_all(shop, position, questions); },
      [&](const Generations::State& state) {
        return ask_all(store_, tenant, questions, state.of_asked(), asked_in(state), deadline);
      });
}

Task<Result<std::optional<Extent>>> ClickHouseAnalyticsStore::extent(TenantId tenant, Deadline deadline) {
  using Answer = std::optional<Extent>;
  co_return co_await recall_or_look<Answer>(
      tenant, deadline,
      [](const ShopMemory* shop, std::int64_t) -> Result<Answer> {
        return shop ? shop->columns.extent() : std::nullopt;
      },
      [&](const Generations::State& state) { return ask_extent(store_, asked_in(state), tenant, deadline); });
}

Task<Result<std::optional<Companions>>> ClickHouseAnalyticsStore::companions(
    TenantId tenant, ProductId product, TimeRange range, std::size_t limit, Deadline deadline) {
  using Answer = std::optional<Companions>;
  co_return co_await recall_or_look<Answer>(
      tenant, deadline,
      [&](const ShopMemory* shop, std::int64_t) -> Result<Answer> {
        return shop ? shop->columns.companions(product, range, limit) : std::nullopt;
      },
      [&](const Generations::State& state) {
        return ask_companions(store_, product, range, limit, asked_in(state), tenant, deadline);
      });
}

Task<Result<std::vector<Cohort>>> ClickHouseAnalyticsStore::cohorts(TenantId tenant, TimeAxis months,
                                                                    Deadline deadline) {
  using Answer = std::vector<Cohort>;
  co_return co_await recall_or_look<Answer>(
      tenant, deadline,
      [&](const ShopMemory* shop, std::int64_t) -> Result<Answer> {
        return shop ? shop->columns.cohorts(months) : empty_cohorts(months);
      },
      [&](const Generations::State& state) {
        return ask_cohorts(store_, months, asked_in(state), tenant, deadline);
      });
}

Task<Result<std::vector<CustomerProfile>>> ClickHouseAnalyticsStore::customers(TenantId tenant,
                                                                               Deadline deadline) {
  using Answer = std::vector<CustomerProfile>;
  co_return co_await recall_or_look<Answer>(
      tenant, deadline,
      [](const ShopMemory* shop, std::int64_t) -> Result<Answer> {
        return shop ? shop->columns.customer_profiles() : Answer{};
      },
      [&](const Generations::State& state) {
        return ask_customers(store_, asked_in(state), tenant, deadline);
      });
}

Task<Result<DeadLetters::Page>> ClickHouseAnalyticsStore::list_dead_letters(TenantId tenant,
                                                                            std::int64_t offset,
                                                                            std::int64_t limit,
                                                                            Deadline deadline) {
  CLOUDCART_CO_TRY(auto page, co_await look<Page>(deadline, [&](const Generations::State& state) {
                     return letters_.list(asked_in(state), tenant, offset, limit, deadline);
                   }));
  dead_letters_seen_ = page.total;
  co_return page;
}

Task<Result<DeadLetters::Retried>> ClickHouseAnalyticsStore::retry_dead_letter(TenantId tenant,
                                                                               std::int64_t position,
                                                                               Deadline deadline) {
  co_return co_await store_.on_own_thread([&]() -> Task<Result<Retried>> {
    CLOUDCART_CO_TRY(const auto state, co_await generations_.read(deadline));
    const auto snapshot = asked_in(state);
    CLOUDCART_CO_TRY(auto letter, co_await letters_.find(snapshot, tenant, position, deadline));
    if (!letter) co_return fail(Error::not_found("The dead letter was"));
    CLOUDCART_CO_TRY(auto retried, co_await writer_.retry(snapshot.generation, *std::move(letter), deadline));
    retried.applied.position = snapshot.position;
    co_return retried;
  });
}

Task<Status> ClickHouseAnalyticsStore::begin_rebuild(Deadline deadline) {
  std::optional<Place> before;
  {
    const std::scoped_lock lock(mutex_);
    before = std::exchange(rebuilt_, std::nullopt);
  }
  if (before) CLOUDCART_CO_CHECK(co_await generations_.abandon(before->generation, deadline));
  CLOUDCART_CO_TRY(const auto state, co_await generations_.read(deadline));
  CLOUDCART_CO_TRY(const auto generation, co_await generations_.begin(deadline));
  const std::scoped_lock lock(mutex_);
  // The new state may be ahead when it is switched to: what this process has not told of yet, it tells of then.
  if (!applied_) applied_ = Place{state.asked, state.of_asked().position};
  rebuilt_ = Place{generation, 0};
  co_return Status{};
}

Task<Result<std::int64_t>> ClickHouseAnalyticsStore::apply_to_rebuild(std::vector<events::LogRecord> records,
                                                                      Deadline deadline) {
  co_return co_await store_.on_own_thread([&]() -> Task<Result<std::int64_t>> {
    CLOUDCART_CO_TRY(const auto place, place_of_rebuild());
    CLOUDCART_CO_CHECK(co_await generations_.renew(place.generation, deadline));
    CLOUDCART_CO_TRY(const auto state, co_await generations_.read(deadline));
    const auto& stored = state.of(place.generation);
    // Less is there when it was taken for abandoned meanwhile.
    if (stored.position < place.position) co_return std::unexpected(no_rebuild());
    CLOUDCART_CO_TRY(const auto applied, co_await apply_from(place, stored, std::move(records), deadline));
    const std::scoped_lock lock(mutex_);
    if (rebuilt_ && rebuilt_->generation == place.generation) rebuilt_->position = applied.position;
    co_return applied.position;
  });
}

Task<Result<bool>> ClickHouseAnalyticsStore::switch_over(Deadline deadline) {
  co_return co_await store_.on_own_thread([&]() -> Task<Result<bool>> {
    CLOUDCART_CO_TRY(const auto place, place_of_rebuild());
    CLOUDCART_CO_TRY(const auto state, co_await generations_.read(deadline));
    const auto position = state.of(place.generation).position;
    if (position < place.position) co_return std::unexpected(no_rebuild());
    if (position < state.of_asked().position) co_return false;
    CLOUDCART_CO_CHECK(co_await generations_.switch_to(place.generation, state, deadline));
    const std::scoped_lock lock(mutex_);
    rebuilt_.reset();
    co_return true;
  });
}

Task<Result<bool>> ClickHouseAnalyticsStore::remove_remains(Deadline deadline) {
  std::optional<std::uint64_t> kept;
  {
    const std::scoped_lock lock(mutex_);
    if (rebuilt_) kept = rebuilt_->generation;
  }
  co_return co_await generations_.drop_some(kept, deadline);
}

}  // namespace cloudcart::analytics
