// Crashes, repetitions and several processes on one database: none of them changes an answer.
#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "adapters/memory/analytics/memory_analytics_store.h"
#include "analytics/domain/report_queries.h"
#include "clickhouse_analytics.h"
#include "random_questions.h"
#include "support/tcp_proxy.h"

namespace cloudcart::analytics {
namespace {

using test::at;
using test::logged;
using test::SaleEvents;
using Records = std::vector<events::LogRecord>;

class ClickHouseProcessesTest : public testing::Test {
 protected:
  /// As another process has it: its own connections and its own place in the log.
  struct Process {
    explicit Process(const clickhouse::StoreOptions& options,
                     ClickHouseAnalyticsStore::Options settings = pounds())
        : database(options, "analytics"), store(database, readers, std::move(settings)) {}
    clickhouse::Store database;
    OffloadPool readers{"test-reader", 1, 100};
    ClickHouseAnalyticsStore store;
  };

  std::unique_ptr<Process> start(ClickHouseAnalyticsStore::Options settings = pounds()) {
    auto process = std::make_unique<Process>(database.options(), std::move(settings));
    // It follows the log from here on.
    apply(*process, {});
    return process;
  }
  static Applied apply(Process& process, Records records) {
    return sync_wait(process.store.apply(std::move(records), Deadline::max())).value();
  }
  static std::int64_t position(Process& process) {
    return sync_wait(process.store.position(Deadline::max())).value();
  }
  /// A look at the server may be under way while that comes back.
  static void wait_until_used_again(Process& process) {
    const auto give_up = std::chrono::steady_clock::now() + seconds{60};
    while (!sync_wait(process.store.position(Deadline::max())) && std::chrono::steady_clock::now() < give_up)
      std::this_thread::sleep_for(milliseconds{20});
  }
  static SalesFigures total(SalesCube& cube) {
    return sync_wait(cube.ask({}, {{CubeQuery{.moments = {all_time}}}, 0}, Deadline::max()))
        .value()
        .answers[0]
        .total;
  }
  /// Each event one and a half times, in any order.
  static Records random_log(Random& random) {
    auto history = random_history(random);
    const auto once = history.size();
    for (std::size_t i = 0; i < once / 2; ++i) history.push_back(history[random() % once]);
    std::ranges::shuffle(history, random);
    return logged(std::move(history));
  }
  static Records cut(const Records& log, std::size_t from, std::size_t size) {
    const auto begin = log.begin() + static_cast<std::ptrdiff_t>(std::min(from, log.size()));
    return {begin, begin + std::min(static_cast<std::ptrdiff_t>(size), log.end() - begin)};
  }
  /// Columns and the server itself answer the same.
  void check(Random& random, SalesCube& store, const Records& log) {
    MemoryAnalyticsStore plain;
    ASSERT_TRUE(sync_wait(plain.apply(log, Deadline::max())));
    const auto without_memory = start(pounds(no_memory));
    for (auto* cube : {&store, static_cast<SalesCube*>(&without_memory->store)}) {
      check_queries(random, *cube, plain, 8);
      check_reports(random, *cube, plain, 2);
    }
  }
  std::int64_t rows_of(std::string_view table) {
    const auto rows =
        sync_wait(database.store().ask(fmt::format("SELECT count() FROM {}", table), Deadline::max()))
            .value();
    return rows.row(0).integer(0);
  }

  test::ClickHouseDatabase database{NewClickHouse::url()};
};

TEST_F(ClickHouseProcessesTest, ACrashBeforeThePositionIsStoredIsMendedByWhoeverGoesOn) {
  Random random(11);
  const auto log = random_log(random);
  FactWriter crashing(database.store(), pounds().currency);
  constexpr std::uint64_t first_generation = 1;
  auto process = start();
  std::size_t from = 0;
  while (from < log.size()) {
    const auto before = total(process->store);
    // The rows of some records, of which the position is never stored.
    const auto lost = cut(log, from, 1 + random() % 25);
    ASSERT_TRUE(sync_wait(crashing.write(first_generation, lost, true, Deadline::max())));
    EXPECT_EQ(position(*process), from == 0 ? 0 : log[from - 1].position);
    EXPECT_EQ(total(process->store), before);
    // Another one goes on from the stored position, with other batches.
    process = start();
    for (int batches = 0; batches < 2; ++batches) {
      const auto batch = cut(log, from, 1 + random() % 20);
      if (!batch.empty()) apply(*process, batch);
      from += batch.size();
    }
  }
  check(random, process->store, log);
}

TEST_F(ClickHouseProcessesTest, RepeatedRowsChangeNothingBeforeTheyAreMerged) {
  Random random(12);
  const auto log = random_log(random);
  constexpr std::array tables{"flow", "line", "order_event", "logged_event", "first_order", "product_name"};
  for (const auto* table : tables)
    ASSERT_TRUE(
        sync_wait(database.store().run(fmt::format("SYSTEM STOP MERGES {}", table), Deadline::max())));
  auto process = start();
  FactWriter again(database.store(), pounds().currency);
  apply(*process, log);
  const auto rows = rows_of("line");
  for (int times = 0; times < 2; ++times) ASSERT_TRUE(sync_wait(again.write(1, log, true, Deadline::max())));
  EXPECT_EQ(rows_of("line"), 3 * rows);
  check(random, process->store, log);
  for (const auto* table : tables) {
    ASSERT_TRUE(
        sync_wait(database.store().run(fmt::format("SYSTEM START MERGES {}", table), Deadline::max())));
    ASSERT_TRUE(
        sync_wait(database.store().run(fmt::format("OPTIMIZE TABLE {} FINAL", table), Deadline::max())));
  }
  EXPECT_EQ(rows_of("line"), rows);
  check(random, process->store, log);
}

TEST_F(ClickHouseProcessesTest, EachOfSeveralProcessesTellsEveryPlacedOrderOnce) {
  Random random(13);
  const auto log = random_log(random);
  std::array processes{start(), start(), start()};
  std::array<std::size_t, 3> from{};
  std::array<std::vector<PlacedOrder>, 3> placed;
  while (std::ranges::any_of(from, [&](std::size_t place) { return place < log.size(); })) {
    const auto which = random() % processes.size();
    const auto batch = cut(log, from[which], 1 + random() % 40);
    if (batch.empty()) continue;
    const auto applied = apply(*processes[which], batch);
    EXPECT_EQ(applied.events, batch.size());
    EXPECT_EQ(applied.position, batch.back().position);
    placed[which].insert(placed[which].end(), applied.placed.begin(), applied.placed.end());
    from[which] += batch.size();
    const auto furthest = *std::ranges::max_element(from);
    EXPECT_EQ(position(*processes[which]), log[furthest - 1].position);
  }
  MemoryAnalyticsStore plain;
  const auto expected = sync_wait(plain.apply(log, Deadline::max())).value().placed;
  for (const auto& told : placed) EXPECT_EQ(told, expected);
  check(random, processes[0]->store, log);
}

TEST_F(ClickHouseProcessesTest, AnAnswerIsOfOneStateWhileOthersWrite) {
  Random random(14);
  const auto log = random_log(random);
  std::atomic<int> writing = 2;
  std::vector<std::thread> writers;
  for (std::uint32_t number = 0; number < 2; ++number) {
    writers.emplace_back([&, number] {
      Random own(number);
      const auto process = start();
      for (std::size_t from = 0; from < log.size();) {
        const auto batch = cut(log, from, 1 + own() % 12);
        EXPECT_TRUE(sync_wait(process->store.apply(batch, Deadline::max())));
        from += batch.size();
      }
      --writing;
    });
  }
  const auto reader = start();
  const CubeQuery everything{.moments = {all_time}},
      products{.moments = {all_time}, .axes = {{Dimension::product, {}}}},
      statuses{.moments = {all_time}, .axes = {{Dimension::status, {}}}};
  MemoryAnalyticsStore plain;
  std::size_t known = 0;
  do {
    const auto answers =
        sync_wait(reader->store.ask({}, {{everything, products, statuses, everything}, 7}, Deadline::max()))
            .value();
    const auto so_far = static_cast<std::size_t>(answers.progress.position);
    ASSERT_GE(so_far, known);
    ASSERT_TRUE(sync_wait(plain.apply(cut(log, known, so_far - known), Deadline::max())));
    known = so_far;
    const auto expected =
        sync_wait(plain.ask({}, {{everything, products, statuses, everything}, 7}, Deadline::max())).value();
    EXPECT_EQ(answers.recent_orders, expected.recent_orders);
    EXPECT_EQ(answers.progress, expected.progress);
    for (std::size_t i = 0; i < answers.answers.size(); ++i) {
      EXPECT_EQ(answers.answers[i].total, expected.answers[i].total);
      EXPECT_EQ(answers.answers[i].groups, expected.answers[i].groups);
    }
  } while (writing > 0 && !HasFailure());
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(position(*reader), log.back().position);
}

TEST_F(ClickHouseProcessesTest, WhatOneProcessHasStoredIsInTheNextAnswerOfEveryOther) {
  Random random(16);
  const auto log = random_log(random);
  const std::array processes{start(), start(), start(pounds(no_memory))};
  for (std::size_t from = 0; from < log.size(); from += 20) {
    apply(*processes[random() % processes.size()], cut(log, 0, from + 20));
    const auto expected = total(processes.back()->store);
    for (const auto& process : processes) EXPECT_EQ(total(process->store), expected) << from;
  }
  EXPECT_GT(processes[0]->store.memory_bytes(), 0u);
  EXPECT_EQ(processes.back()->store.memory_bytes(), 0u);
}

TEST_F(ClickHouseProcessesTest, AShopThatIsTooLargeForMemoryIsAnsweredByTheServer) {
  Random random(17);
  const auto log = random_log(random);
  const auto process = start(pounds(1));
  apply(*process, log);
  check(random, process->store, log);
  EXPECT_EQ(process->store.memory_bytes(), 0u);
}

TEST_F(ClickHouseProcessesTest, ColumnsThatAreFarBehindAreReadWhileTheServerAnswers) {
  Random random(18);
  const auto log = random_log(random);
  auto patient = pounds();
  patient.short_distance = 0;
  const auto process = start(patient);
  apply(*process, log);
  check(random, process->store, log);
  for (const auto give_up = std::chrono::steady_clock::now() + seconds{60};
       process->store.memory_bytes() == 0 && std::chrono::steady_clock::now() < give_up;)
    std::this_thread::sleep_for(milliseconds{20});
  EXPECT_GT(process->store.memory_bytes(), 0u);
  check(random, process->store, log);
}

TEST_F(ClickHouseProcessesTest, WhatAnotherProcessHasSwitchedToIsFollowed) {
  const auto time = at("2026-07-14T12:00:00.000Z");
  Records log;
  for (std::uint32_t order = 1; order <= 6; ++order)
    log.push_back({order, SaleEvents(order, 7, {{1, 1, 100}}).placed(time)});
  auto builder = start(), other = start();
  apply(*builder, cut(log, 0, 3));
  ASSERT_TRUE(sync_wait(builder->store.begin_rebuild(Deadline::max())));
  ASSERT_TRUE(sync_wait(builder->store.apply_to_rebuild(cut(log, 0, 3), Deadline::max())));
  apply(*other, cut(log, 0, 2));
  EXPECT_EQ(sync_wait(builder->store.switch_over(Deadline::max())).value(), true);
  // It is behind the new state, and goes on where it was.
  EXPECT_EQ(apply(*other, cut(log, 2, 2)).placed.size(), 2u);
  EXPECT_EQ(total(builder->store).placed_orders, 4);
  // The same again, with the old state gone at once.
  ASSERT_TRUE(sync_wait(builder->store.begin_rebuild(Deadline::max())));
  ASSERT_TRUE(sync_wait(builder->store.apply_to_rebuild(cut(log, 0, 4), Deadline::max())));
  EXPECT_EQ(sync_wait(builder->store.switch_over(Deadline::max())).value(), true);
  while (sync_wait(builder->store.remove_remains(Deadline::max())).value()) {
  }
  apply(*other, cut(log, 4, 1));
  EXPECT_EQ(total(other->store).placed_orders, 5);
}

TEST_F(ClickHouseProcessesTest, APositionIsNotSkippedWhenTheStateBehindItIsGone) {
  const auto time = at("2026-07-14T12:00:00.000Z");
  Records log;
  for (std::uint32_t order = 1; order <= 4; ++order)
    log.push_back({order, SaleEvents(order, 7, {{1, 1, 100}}).placed(time)});
  const auto process = start();
  apply(*process, cut(log, 0, 3));
  // What a switch of another process looks like that had read the position just before.
  Generations generations(database.store(), seconds{60});
  const auto rebuilt = sync_wait(generations.begin(Deadline::max())).value();
  FactWriter writer(database.store(), pounds().currency);
  const auto written = sync_wait(writer.write(rebuilt, cut(log, 0, 2), true, Deadline::max())).value();
  ASSERT_TRUE(sync_wait(generations.advance(rebuilt, 0, {2, written.last_event_at}, Deadline::max())));
  const auto before = sync_wait(generations.read(Deadline::max())).value();
  ASSERT_TRUE(sync_wait(generations.switch_to(rebuilt, before, Deadline::max())));
  const auto refused = sync_wait(process->store.apply(cut(log, 3, 1), Deadline::max()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_EQ(position(*process), 2);
  apply(*process, cut(log, 2, 2));
  EXPECT_EQ(total(process->store).placed_orders, 4);
}

TEST_F(ClickHouseProcessesTest, ARebuildOfAProcessThatIsGoneIsRemovedAfterItsLease) {
  const auto records = logged({SaleEvents(1, 7, {{1, 2, 50}}).placed(at("2026-07-14T12:00:00.000Z"))});
  auto process = start();
  apply(*process, records);
  ASSERT_TRUE(sync_wait(process->store.begin_rebuild(Deadline::max())));
  ASSERT_TRUE(sync_wait(process->store.apply_to_rebuild(records, Deadline::max())));
  // Another process leaves it alone.
  auto other = start();
  EXPECT_EQ(sync_wait(other->store.remove_remains(Deadline::max())).value(), false);
  EXPECT_EQ(rows_of("flow"), 2);
  // After a restart nobody goes on with it; a lease of no time at all has ended.
  auto hasty = pounds();
  hasty.rebuild_lease = seconds{0};
  process = start(hasty);
  ASSERT_TRUE(sync_wait(process->store.begin_rebuild(Deadline::max())));
  ASSERT_TRUE(sync_wait(process->store.apply_to_rebuild(records, Deadline::max())));
  EXPECT_EQ(rows_of("flow"), 3);
  process = start();
  EXPECT_EQ(sync_wait(process->store.apply_to_rebuild(records, Deadline::max())).error().code,
            ErrorCode::conflict);
  int steps = 0;
  while (sync_wait(process->store.remove_remains(Deadline::max())).value()) ++steps;
  EXPECT_GT(steps, 0);
  EXPECT_EQ(rows_of("flow"), 2);
  EXPECT_EQ(total(process->store).placed_orders, 1);
}

/// Waited for in vain, or known not to answer.
template <class T>
bool is_away(const Result<T>& answer) {
  return !answer && (answer.error().code == ErrorCode::deadline_exceeded ||
                     answer.error().code == ErrorCode::unavailable);
}

TEST_F(ClickHouseProcessesTest, AServerThatIsGoneIsNeverAQuietDayAndIsUsedAgainWhenItIsBack) {
  const auto url = NewClickHouse::url();
  test::TcpProxy proxy(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  auto options = database.options();
  options.url = fmt::format("http://127.0.0.1:{}", proxy.port());
  Process process(options);
  const auto time = at("2026-07-14T12:00:00.000Z");
  apply(process, logged({SaleEvents(1, 7, {{1, 1, 100}}).placed(time)}));
  const auto next = logged({SaleEvents(2, 7, {{1, 1, 20}}).placed(time)}, 2);
  const CubeQuestions questions{{CubeQuery{.moments = {all_time}}}, 5};
  for (const auto mode : {test::TcpProxy::Mode::frozen, test::TcpProxy::Mode::deaf}) {
    proxy.set(mode);
    const auto soon = [] { return std::chrono::steady_clock::now() + milliseconds{200}; };
    EXPECT_TRUE(is_away(sync_wait(process.store.ask({}, questions, soon()))));
    EXPECT_TRUE(is_away(sync_wait(process.store.extent({}, soon()))));
    EXPECT_TRUE(is_away(sync_wait(process.store.customers({}, soon()))));
    EXPECT_TRUE(is_away(sync_wait(process.store.position(soon()))));
    EXPECT_FALSE(sync_wait(process.store.apply(next, soon())));
    proxy.cut();
  }
  proxy.set(test::TcpProxy::Mode::open);
  wait_until_used_again(process);
  EXPECT_EQ(position(process), 1);
  EXPECT_EQ(total(process.store).gross, Money{100});
  EXPECT_EQ(apply(process, next).placed.size(), 1u);
  EXPECT_EQ(total(process.store).gross, Money{120});
}

/// Rows come in no order that anybody has promised: those of one SELECT, of several parts, by several threads.
TEST_F(ClickHouseProcessesTest, TheSwitchWithTheHighestOrdinalDecides) {
  for (const auto* row : {"(3, 33)", "(1, 11)", "(2, 22)"})
    ASSERT_TRUE(
        sync_wait(database.store().run("INSERT INTO switch VALUES " + std::string{row}, Deadline::max())));
  Generations generations(database.store(), seconds{60});
  const auto state = sync_wait(generations.read(Deadline::max())).value();
  EXPECT_EQ(state.asked, 33U);
  EXPECT_EQ(state.ordinal, 3U);
}

/// What a server has lost is never taken for stored, by those who were at work meanwhile either.
TEST_F(ClickHouseProcessesTest, AServerThatWasEmptiedIsFilledFromTheBeginning) {
  Process one(database.options()), two(database.options());
  const auto time = at("2026-07-14T12:00:00.000Z");
  const auto log =
      logged({SaleEvents(1, 7, {{1, 1, 100}}).placed(time), SaleEvents(2, 7, {{1, 1, 20}}).placed(time),
              SaleEvents(3, 7, {{1, 1, 3}}).placed(time)});
  apply(one, cut(log, 0, 1));
  apply(two, cut(log, 1, 1));
  ASSERT_TRUE(
      sync_wait(database.store().run("DROP DATABASE " + database.options().database, Deadline::max())));
  for (auto* process : {&one, &two}) EXPECT_FALSE(sync_wait(process->store.position(Deadline::max())));
  for (auto* process : {&one, &two}) wait_until_used_again(*process);
  EXPECT_EQ(position(one), 0);
  const auto beyond = sync_wait(two.store.apply(cut(log, 2, 1), Deadline::max()));
  ASSERT_FALSE(beyond) << "over a gap";
  EXPECT_EQ(beyond.error().code, ErrorCode::unavailable);
  EXPECT_EQ(position(two), 0);
  EXPECT_EQ(apply(two, log).position, 3);
  for (auto* process : {&one, &two}) EXPECT_EQ(total(process->store).gross, Money{123});
}

TEST_F(ClickHouseProcessesTest, ABatchThatIsBrokenOffAnywhereIsMendedByItsRepetition) {
  const auto url = NewClickHouse::url();
  test::TcpProxy proxy(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
  auto options = database.options();
  options.url = fmt::format("http://127.0.0.1:{}", proxy.port());
  Process process(options);
  Random random(15);
  const auto log = random_log(random);
  std::size_t from = 0;
  int broken = 0;
  // Without getting on: on a machine that is busy with other things a batch has more time, and is let through in the end.
  unsigned in_vain = 0;
  while (from < log.size()) {
    const auto batch = cut(log, from, 40);
    // At another byte each time; answers are lost as well as questions.
    std::atomic<bool> ended = false;
    const auto until = proxy.carried() + random() % 8'000 * (1 + in_vain);
    std::thread cutter([&] {
      while (!ended && proxy.carried() < until) std::this_thread::yield();
      if (ended) return;
      proxy.set(test::TcpProxy::Mode::deaf);
      while (!ended) std::this_thread::sleep_for(milliseconds{1});
    });
    const auto applied = sync_wait(
        process.store.apply(batch, std::chrono::steady_clock::now() + milliseconds{400} * (1 + in_vain)));
    ended = true;
    cutter.join();
    proxy.cut();
    proxy.set(test::TcpProxy::Mode::open);
    wait_until_used_again(process);
    broken += !applied;
    // As events::consume() goes on: from what is stored.
    const auto stored = position(process);
    in_vain = stored >= log[from].position ? 0 : in_vain + 1;
    while (from < log.size() && log[from].position <= stored) ++from;
  }
  EXPECT_GT(broken, 0);
  check(random, process.store, log);
}

TEST_F(ClickHouseProcessesTest, SumsThatWouldNotFitMakeADeadLetter) {
  auto huge = SaleEvents(1, 7, {{1, 1, 1}}).placed(at("2026-07-14T12:00:00.000Z"));
  huge.total = Money{std::numeric_limits<std::int64_t>::max()};
  auto one_more = huge;
  one_more.order_id = test::id_of<OrderId>(2);
  const auto fine = SaleEvents(3, 7, {{1, 1, 0}}).placed(at("2026-07-14T12:00:00.000Z"));
  const auto process = start();
  const auto applied = apply(*process, logged({huge, huge, one_more, fine}));
  EXPECT_EQ(applied.dead_letters, 1u);
  EXPECT_EQ(applied.position, 4);
  EXPECT_EQ(total(process->store).placed_orders, 2);
  const auto letters = sync_wait(process->store.list_dead_letters({}, 0, 10, Deadline::max())).value();
  ASSERT_EQ(letters.total, 1);
  EXPECT_EQ(letters.letters.at(0).event, one_more);
  EXPECT_TRUE(sync_wait(process->store.retry_dead_letter({}, 3, Deadline::max())).value().reason);
  // Who has not seen it come finds it in the store.
  const auto other = start();
  auto later = one_more;
  later.order_id = test::id_of<OrderId>(4);
  EXPECT_EQ(apply(*other, logged({later}, 5)).dead_letters, 1u);
}

TEST_F(ClickHouseProcessesTest, TextsComeBackAsTheyAre) {
  const std::vector<std::string> texts{
      "'; DROP TABLE flow; --",
      "\\' \\\\ \\x41 {x:String} \t\r\n\b",
      std::string("a\0b", 3),
      "\"quoted\" [1, 2] </script>",
      "Żółw \xF0\x9F\x90\xA2 \xE2\x80\xAE\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xEF\xBF\xBF",
      "",
      std::string(3000, 'x')};
  std::vector<events::OrderEvent> events;
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    auto event = SaleEvents(i + 1, 7, {{i + 1, 1, 100}}).placed(at("2026-07-14T12:00:00.000Z"));
    event.lines[0].product_name = event.lines[0].category_name = texts[i];
    events.push_back(event);
  }
  const auto process = start();
  apply(*process, logged(events));
  const CubeQuery query{.moments = {all_time}, .axes = {{Dimension::product, {}}, {Dimension::category, {}}}};
  const auto rows = sync_wait(process->store.ask({}, {{query}, 0}, Deadline::max())).value().answers[0].rows;
  ASSERT_EQ(rows.size(), texts.size());
  for (std::uint32_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(rows[i].names[0], texts[i]);
    EXPECT_EQ(std::get<std::string>(rows[i].members[1]), texts[i]);
    auto selected = query;
    selected.selections = {{Dimension::category, {texts[i]}}};
    const auto one = sync_wait(process->store.ask({}, {{selected}, 0}, Deadline::max())).value().answers[0];
    ASSERT_EQ(one.rows.size(), 1u);
    EXPECT_EQ(one.rows[0].names[0], texts[i]);
  }
  // A shop's name is a text too.
  auto theirs = events[0];
  theirs.tenant = TenantId{texts[0]};
  apply(*process, logged({theirs}, 100));
  EXPECT_EQ(sync_wait(process->store.totals(theirs.tenant, Deadline::max())).value().all.placed_orders, 1);
  EXPECT_EQ(total(process->store).placed_orders, static_cast<std::int64_t>(texts.size()));
}

TEST_F(ClickHouseProcessesTest, NumbersBeyondWhatEventsCarryAreAnsweredAndDoNoHarm) {
  const auto process = start();
  apply(*process, logged({SaleEvents(1, 7, {{1, 1, 100}}).placed(at("2026-07-14T12:00:00.000Z"))}));
  const TimeRange beyond{Timestamp::max() - milliseconds{1}, Timestamp::max()};
  EXPECT_EQ(sync_wait(process->store.companions({}, test::id_of<ProductId>(1), all_time, 10, Deadline::max()))
                .value()
                ->orders,
            1);
  const CubeQuery none{.moments = {beyond}}, never{.moments = {}};
  const auto answers = sync_wait(process->store.ask({}, {{none, never}, 0}, Deadline::max())).value().answers;
  EXPECT_EQ(answers[0], CubeAnswer{});
  EXPECT_EQ(answers[1], CubeAnswer{});
  EXPECT_EQ(sync_wait(process->store.list_dead_letters({}, -5, std::numeric_limits<std::int64_t>::max(),
                                                       Deadline::max()))
                .value()
                .total,
            0);
  EXPECT_TRUE(
      sync_wait(process->store.placed_after({}, std::numeric_limits<std::int64_t>::max(), Deadline::max()))
          .value()
          .empty());
}

}  // namespace
}  // namespace cloudcart::analytics
