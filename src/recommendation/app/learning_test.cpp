#include <thread>

#include <gmock/gmock.h>

#include "adapters/memory/recommendation/memory_assortment.h"
#include "adapters/memory/recommendation/memory_model_snapshots.h"
#include "adapters/memory/recommendation/memory_quality_ledger.h"
#include "recommendation/app/recommendation_app.h"
#include "support/fake_clock.h"
#include "support/fake_event_log.h"
#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using test::bought;
using test::cancellation_of;

template <class Condition>
bool eventually(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + seconds{10};
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(milliseconds{1});
  }
  return true;
}

/// The application with its two loops on a real event loop.
class LearningTest : public testing::Test {
 protected:
  test::FakeEventLog log;
  MemoryAssortment assortment;
  MemoryModelSnapshots snapshots;
  MemoryQualityLedger quality;
  SystemClock clock;
  OffloadPool pool{"test-training", 1, 10};
  RecommendationApp app;
  EventLoop loop{"test-loop"};
  BackgroundLoops loops;
  const Caller staff{.user = test::user(100), .role = Role::staff};

  explicit LearningTest(RefreshPolicy refreshes = {})
      : app({.log = log,
             .assortment = assortment,
             .snapshots = snapshots,
             .quality = quality,
             .clock = clock,
             .training = pool,
             .refreshes = refreshes}) {}
  void start() {
    loop.start();
    loops.start("train", loop, [this](auto stop) { return app.train(stop); });
    loops.start("follow", loop, [this](auto stop) { return app.follow(stop); });
  }
  ~LearningTest() override {
    loops.request_stop();
    loops.join();
    loop.stop();
  }

  ModelDescription model() { return sync_wait(app.describe_model(staff)).value(); }
  std::int64_t version() {
    const auto training = model().training;
    return training ? training->version : 0;
  }
  /// That of the first training when it is through with its refresh.
  bool is_refreshed() {
    const auto training = model().training;
    return training && training->refreshed_at;
  }
};

TEST_F(LearningTest, AnswersBeforeTheFirstTrainingAndSaysSo) {
  log.append(bought(1, 1, {{1}, {2}}));
  EXPECT_FALSE(model().training);
  EXPECT_EQ(model().events_behind, 1);
  EXPECT_TRUE(sync_wait(app.recommend_popular(staff, {})).value().products.empty());
}

TEST_F(LearningTest, TrainsFromTheLogAtStart) {
  for (std::uint32_t number = 1; number <= 12'000; ++number)
    log.append(bought(number, number % 7, {{number % 5}, {9}}));
  start();
  ASSERT_TRUE(eventually([&] { return version() >= 1; }));
  EXPECT_EQ(model().size.orders, 12'000);
  EXPECT_EQ(model().size.users, 7);
  EXPECT_EQ(model().size.products, 6);
  EXPECT_EQ(model().events_behind, 0);
}

TEST_F(LearningTest, LearnsEachOrderAndCancellationAsItComes) {
  start();
  ASSERT_TRUE(eventually([&] { return is_refreshed(); }));
  const auto before = version();
  const auto order = bought(1, 1, {{1}, {2}});
  log.append(order);
  ASSERT_TRUE(eventually([&] { return model().size.orders == 1; }));
  EXPECT_EQ(version(), before);
  log.append(cancellation_of(order));
  ASSERT_TRUE(eventually([&] { return model().events_behind == 0 && model().size.orders == 0; }));
}

TEST_F(LearningTest, ASecondRequestAnswersWithTheTrainingThatRuns) {
  const auto first = sync_wait(app.train_model(staff)).value();
  const auto second = sync_wait(app.train_model(staff)).value();
  EXPECT_TRUE(first.by_this_call);
  EXPECT_FALSE(second.by_this_call);
  EXPECT_EQ(first.at, second.at);
  start();
  ASSERT_TRUE(eventually([&] { return is_refreshed(); }));
  const auto before = version();
  ASSERT_TRUE(eventually([&] { return sync_wait(app.train_model(staff)).value().by_this_call; }));
  EXPECT_TRUE(eventually([&] { return version() > before; }));
}

TEST_F(LearningTest, NothingIsLostWhileTrainingsComeAndGo) {
  start();
  ASSERT_TRUE(eventually([&] { return version() >= 1; }));
  for (std::uint32_t number = 1; number <= 2000; ++number) {
    log.append(bought(number, 1, {{number % 5}, {9}}));
    if (number % 100 == 0) sync_wait(app.train_model(staff)).value();
  }
  // One look for both: a model that takes over in between may still be catching up.
  EXPECT_TRUE(eventually([&] {
    const auto now = model();
    return now.events_behind == 0 && now.size.orders == 2000 && version() >= 2;
  }));
}

TEST_F(LearningTest, ATrainingThatFailsIsTriedAgain) {
  log.append(bought(1, 1, {{1}, {2}}));
  log.fail_reads(1);
  start();
  EXPECT_TRUE(eventually([&] { return version() >= 1; }));
  EXPECT_EQ(model().size.orders, 1);
}

TEST_F(LearningTest, ATrainingEndsWithARefreshOfWhatIsLearntFromHeldBackOrders) {
  for (std::uint32_t number = 1; number <= 600; ++number)
    log.append(bought(number, number % 50, {{number % 5}, {5 + number % 5}}, static_cast<int>(number / 10)));
  start();
  ASSERT_TRUE(eventually([&] { return is_refreshed(); }));
  EXPECT_EQ(version(), 2);
  EXPECT_GT(model().size.bytes, 0u);
}

class RefreshingTest : public LearningTest {
 protected:
  RefreshingTest()
      : LearningTest({.fewest_changes = 5,
                      .shortest_pause = seconds{0},
                      .pause_per_work = 0,
                      .settling_per_work = 0}) {}
};

TEST_F(RefreshingTest, ComesByItselfAfterSomeNews) {
  for (std::uint32_t number = 1; number <= 20; ++number) log.append(bought(number, number % 3, {{1}, {2}}));
  start();
  ASSERT_TRUE(eventually([&] { return is_refreshed(); }));
  const auto before = version();
  for (std::uint32_t number = 21; number <= 40; ++number) log.append(bought(number, number % 3, {{1}, {2}}));
  EXPECT_TRUE(eventually([&] { return version() > before; }));
}

class SettlingTest : public LearningTest {
 protected:
  SettlingTest() : LearningTest({.fewest_changes = 1'000'000, .shortest_pause = seconds{0}}) {}
};

TEST_F(SettlingTest, AnySingleOrderIsLearntOfAfterAWhileAndOnce) {
  for (std::uint32_t number = 1; number <= 20; ++number) log.append(bought(number, number % 3, {{1}, {2}}));
  start();
  ASSERT_TRUE(eventually([&] { return is_refreshed(); }));
  EXPECT_EQ(version(), 2);
  log.append(bought(21, 1, {{1}, {3}}));
  EXPECT_TRUE(eventually([&] { return version() == 3; }));
  log.append(bought(22, 1, {{1}, {3}}));
  EXPECT_TRUE(eventually([&] { return version() == 4; })) << "and not more often in between";
}

/// One process after another on the same log and snapshot.
class RestartTest : public testing::Test {
 protected:
  test::FakeEventLog log;
  MemoryModelSnapshots snapshots;
  MemoryQualityLedger quality;

  struct Process {
    explicit Process(RestartTest& of)
        : app({.log = of.log,
               .assortment = assortment,
               .snapshots = of.snapshots,
               .quality = of.quality,
               .clock = clock,
               .training = pool}) {
      loop.start();
      loops.start("train", loop, [this](auto stop) { return app.train(stop); });
      loops.start("follow", loop, [this](auto stop) { return app.follow(stop); });
    }
    ~Process() {
      loops.request_stop();
      loops.join();
      loop.stop();
    }
    ModelDescription model() { return sync_wait(app.describe_model({.user = test::user(1)})).value(); }
    bool is_saved() {
      const auto training = model().training;
      return training && training->refreshed_at;
    }

    MemoryAssortment assortment;
    SystemClock clock;
    OffloadPool pool{"test-training", 1, 10};
    RecommendationApp app;
    EventLoop loop{"test-loop"};
    BackgroundLoops loops;
  };
  std::optional<std::string> saved() { return sync_wait(snapshots.load(Deadline::max())).value(); }
  void learn_and_stop() {
    Process process(*this);
    ASSERT_TRUE(eventually([&] { return saved().has_value(); }));
  }
  void sell(std::uint32_t first, std::uint32_t last) {
    for (auto number = first; number <= last; ++number)
      log.append(bought(number, number % 7, {{number % 5}, {9}}, static_cast<int>(number / 20)));
  }
};

TEST_F(RestartTest, GoesOnFromTheSnapshotWithWhatCameSince) {
  sell(1, 400);
  log.append(cancellation_of(bought(400, 400 % 7, {{400 % 5}, {9}}, 20)));
  learn_and_stop();
  const auto kept = read_snapshot(*saved()).value();
  EXPECT_EQ(kept.models.at(TenantId{}).book.order_count(), 400u);
  sell(401, 450);
  const auto reads_before = log.records_read();
  Process again(*this);
  ASSERT_TRUE(eventually([&] { return again.is_saved(); }));
  EXPECT_EQ(again.model().size.orders, 449u);
  EXPECT_EQ(again.model().events_behind, 0);
  // Versions go on, and nothing but the news is read.
  EXPECT_GT(again.model().training->version, kept.version);
  EXPECT_LT(log.records_read() - reads_before, 100u);
}

TEST_F(RestartTest, ADamagedSnapshotIsNotUsed) {
  sell(1, 100);
  learn_and_stop();
  auto bytes = *saved();
  bytes[bytes.size() / 2] ^= 1;
  sync_wait(snapshots.save(bytes, Deadline::max())).value();
  Process again(*this);
  ASSERT_TRUE(eventually([&] { return again.is_saved(); }));
  EXPECT_EQ(again.model().size.orders, 100u);
}

TEST_F(RestartTest, ASnapshotOfAnotherLogIsNotUsed) {
  sell(1, 100);
  learn_and_stop();
  log.clear();
  sell(1001, 1040);
  Process again(*this);
  ASSERT_TRUE(eventually([&] { return again.is_saved(); }));
  EXPECT_EQ(again.model().size.orders, 40u);
}

TEST_F(RestartTest, EverySnapshotThatIsCutOrChangedIsRefused) {
  sell(1, 30);
  learn_and_stop();
  const auto bytes = *saved();
  ASSERT_TRUE(read_snapshot(bytes));
  for (std::size_t length = 0; length < bytes.size(); ++length)
    ASSERT_FALSE(read_snapshot(std::string_view{bytes}.substr(0, length))) << length;
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    auto changed = bytes;
    changed[place] ^= static_cast<char>(1 << place % 8);
    ASSERT_FALSE(read_snapshot(changed)) << place;
  }
}

class ModelHolderTest : public testing::Test {
 protected:
  privacy::ErasedCustomers erased;
  ModelHolder holder{ModelOptions{}, erased};
  const UserId customer = bought(1, 1, {{1}}).user_id;

  std::vector<ProductId> known() const { return holder.model_of({})->bought_by(customer); }
  void erase() {
    const std::vector<privacy::Erasure> erasures{
        {.seq = 1, .tenant = {}, .user = customer, .requested_at = test::first_day}};
    erased.add(erasures);
    holder.forget(erasures);
  }

  static std::vector<events::LogRecord> records(std::int64_t first, std::int64_t last) {
    std::vector<events::LogRecord> answer;
    for (auto position = first; position <= last; ++position)
      answer.push_back({position, bought(static_cast<std::uint32_t>(position), 1, {{1}, {2}})});
    return answer;
  }
  void apply(std::int64_t first, std::int64_t last) {
    sync_wait(holder.apply(records(first, last), Deadline::max())).value();
  }
  std::uint64_t orders() const { return holder.model_of({})->size().orders; }
};

TEST_F(ModelHolderTest, SkipsWhatItHasSeen) {
  apply(1, 3);
  apply(2, 5);
  apply(1, 2);
  EXPECT_EQ(orders(), 5);
  EXPECT_EQ(holder.applied_position(), 5);
}

TEST_F(ModelHolderTest, ASuccessorLearnsWhatComesWhileItIsPrepared) {
  apply(1, 4);
  auto successor = std::make_shared<ModelSet>(ModelOptions{});
  const auto needed = holder.prepare(successor);
  EXPECT_EQ(needed, 4);
  apply(5, 6);
  EXPECT_EQ(orders(), 6);
  successor->learn(records(1, needed));
  holder.promote({needed, {}}, test::first_day, milliseconds{3});
  EXPECT_EQ(orders(), 6);
  EXPECT_EQ(holder.applied_position(), 6);
  apply(7, 7);
  EXPECT_EQ(orders(), 7);
  EXPECT_EQ(holder.training()->finished_at, test::first_day);
  EXPECT_EQ(holder.training()->took, milliseconds{3});
}

TEST_F(ModelHolderTest, ASuccessorThatIsAheadIsNotTaughtTwice) {
  auto successor = std::make_shared<ModelSet>(ModelOptions{});
  successor->learn(records(1, 9));
  holder.prepare(successor);
  holder.promote({9, {}}, test::first_day, {});
  EXPECT_EQ(holder.applied_position(), 9);
  apply(1, 9);
  EXPECT_EQ(orders(), 9);
}

TEST_F(ModelHolderTest, WhoIsErasedIsForgottenAndNotLearntAgain) {
  apply(1, 4);
  EXPECT_EQ(known().size(), 2U);
  erase();
  EXPECT_TRUE(known().empty());
  EXPECT_EQ(orders(), 4U);
  apply(5, 6);
  EXPECT_TRUE(known().empty());
  EXPECT_EQ(orders(), 6U);
  sync_wait(holder.apply({{7, test::cancellation_of(bought(2, 1, {{1}, {2}}))}}, Deadline::max())).value();
  EXPECT_EQ(orders(), 5U);
}

TEST_F(ModelHolderTest, WhoIsErasedIsNotInTheNextModelNorInTheSnapshot) {
  apply(1, 4);
  auto successor = std::make_shared<ModelSet>(ModelOptions{});
  const auto needed = holder.prepare(successor);
  const auto read_before = records(1, needed);
  erase();
  // The trainer had read this before it was known.
  successor->learn(read_before);
  holder.promote({needed, {}}, test::first_day, {});
  EXPECT_TRUE(known().empty());
  EXPECT_EQ(orders(), 4U);
  const auto bytes = holder.snapshot().finish();
  const auto snapshot = read_snapshot(bytes);
  ASSERT_TRUE(snapshot);
  const auto& book = snapshot->models.at({}).book;
  EXPECT_EQ(book.order_count(), 4U);
  EXPECT_FALSE(book.users().find(customer));
}

TEST_F(ModelHolderTest, ReadersKeepTheModelTheyHave) {
  apply(1, 2);
  const auto before = holder.model_of({});
  holder.prepare(std::make_shared<ModelSet>(ModelOptions{}));
  holder.promote({2, {}}, test::first_day, {});
  EXPECT_EQ(before->size().orders, 2);
  EXPECT_EQ(orders(), 0);
}

}  // namespace
}  // namespace cloudcart::recommendation
