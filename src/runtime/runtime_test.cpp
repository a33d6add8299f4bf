#include <atomic>
#include <latch>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "runtime/await_all.h"
#include "runtime/event_loop.h"
#include "runtime/notifier.h"
#include "runtime/offload_pool.h"
#include "runtime/run_within.h"

namespace cloudcart {
namespace {

Task<int> add(int a, int b) {
  co_return a + b;
}
Task<int> twice(int n) {
  co_return co_await add(n, n);
}
Task<int> failing() {
  throw std::runtime_error("no");
  co_return 0;
}

TEST(TaskTest, ChainsAndExceptions) {
  EXPECT_EQ(sync_wait(twice(21)), 42);
  EXPECT_THROW(sync_wait(failing()), std::runtime_error);
}

TEST(TaskTest, LongChainsUseNoStack) {
  const auto loop = []() -> Task<int> {
    int sum = 0;
    for (int i = 0; i < 1'000'000; ++i) sum += co_await add(i, -i + 1);
    co_return sum;
  };
  EXPECT_EQ(sync_wait(loop()), 1'000'000);
}

Task<int> after(milliseconds pause, int value) {
  co_await sleep_until(Executor::current()->now() + pause);
  co_return value;
}

class AwaitAllTest : public testing::Test {
 protected:
  template <class T>
  std::variant<std::vector<T>, std::exception_ptr> run(std::vector<Task<T>> tasks) {
    std::optional<std::variant<std::vector<T>, std::exception_ptr>> outcome;
    start(await_all(std::move(tasks)), [&](auto ended) { outcome = std::move(ended); });
    executor.run_until([&] { return outcome.has_value(); });
    return *std::move(outcome);
  }
  ManualExecutor executor{true};
  Executor::Scope scope{executor};
};

TEST_F(AwaitAllTest, TasksRunSideBySideAndAnswerInTheirOrder) {
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 5; ++i) tasks.push_back(after(milliseconds{500 - 100 * i}, i));
  tasks.push_back(twice(21));
  const auto began = executor.now();
  EXPECT_EQ(std::get<0>(run(std::move(tasks))), (std::vector{0, 1, 2, 3, 4, 42}));
  EXPECT_EQ(executor.now() - began, milliseconds{500});
}

TEST_F(AwaitAllTest, NoTasksAreDoneAtOnce) {
  EXPECT_TRUE(std::get<0>(run(std::vector<Task<int>>{})).empty());
}

TEST_F(AwaitAllTest, AnExceptionComesOutWhenAllHaveEnded) {
  std::vector<Task<int>> tasks;
  tasks.push_back(failing());
  tasks.push_back(after(seconds{1}, 1));
  const auto began = executor.now();
  EXPECT_THROW(std::rethrow_exception(std::get<1>(run(std::move(tasks)))), std::runtime_error);
  EXPECT_EQ(executor.now() - began, seconds{1});
}

TEST(ResumeAllTest, ResumesEachOnItsExecutorInOrderWithItsValue) {
  ManualExecutor first, second;
  std::vector<Resolver<int>> resolvers;
  std::vector<std::string> seen;
  const auto body = [&](std::string name) -> Task<void> {
    const auto* home = Executor::current();
    const int value = co_await await_value<int>([&](Resolver<int> resolve) { resolvers.push_back(resolve); });
    EXPECT_EQ(Executor::current(), home);
    seen.push_back(name + std::to_string(value));
  };
  for (auto* executor : {&first, &second})
    for (const std::string name : {"a", "b"}) {
      const Executor::Scope scope(*executor);
      start(body((executor == &first ? "first " : "second ") + name), [](auto) {});
    }
  std::vector<Continuation> settled;
  for (int i = 0; i < 4; ++i) settled.push_back(resolvers[static_cast<std::size_t>(i)].settle(i));
  EXPECT_TRUE(seen.empty());
  resume_all(settled);
  EXPECT_TRUE(seen.empty());
  second.run_until([&] { return seen.size() == 2; });
  EXPECT_EQ(seen, (std::vector<std::string>{"second a2", "second b3"}));
  first.run_until([&] { return seen.size() == 4; });
  EXPECT_EQ(seen[3], "first b1");
}

TEST(OffloadPoolTest, ResumesWhereTheTaskWas) {
  OffloadPool pool("test", 2, 10);
  const auto body = [&]() -> Task<bool> {
    const auto* before = Executor::current();
    const auto thread = std::this_thread::get_id();
    auto elsewhere = co_await pool.run(MonotonicTime::max(),
                                       [] { return Result<std::thread::id>{std::this_thread::get_id()}; });
    co_return Executor::current() == before&& std::this_thread::get_id() == thread && *elsewhere != thread;
  };
  EXPECT_TRUE(sync_wait(body()));
}

TEST(OffloadPoolTest, ItsThreadsLetOthersGoFirstWhereItIsSaidSo) {
  const auto nice_of = [](OffloadPool& pool) {
    return *sync_wait(
        pool.run(MonotonicTime::max(), [] { return Result<int>{getpriority(PRIO_PROCESS, 0)}; }));
  };
  OffloadPool usual("test", 1, 10), patient("test", 1, 10, 3);
  const int own = getpriority(PRIO_PROCESS, 0);
  EXPECT_EQ(nice_of(usual), own);
  EXPECT_EQ(nice_of(patient), std::min(19, own + 3));
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), own) << "other threads stay as they are";
}

TEST(OffloadPoolTest, DropsWhatWaitedTooLongAndRefusesWhatDoesNotFit) {
  std::latch started(1), release(1);
  OffloadPool pool("test", 1, 1);
  ASSERT_TRUE(pool.try_submit([&] {
    started.count_down();
    release.wait();
  }));
  started.wait();
  bool ran = false;
  std::optional<Result<int>> late;
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  start(pool.run(std::chrono::steady_clock::now() - seconds{1},
                 [&] {
                   ran = true;
                   return Result<int>{1};
                 }),
        [&](auto outcome) { late = std::get<0>(outcome); });
  std::optional<Result<int>> refused;
  start(pool.run(MonotonicTime::max(), [] { return Result<int>{1}; }),
        [&](auto outcome) { refused = std::get<0>(outcome); });
  release.count_down();
  executor.run_until([&] { return late && refused; });
  EXPECT_EQ(late->error().code, ErrorCode::deadline_exceeded);
  EXPECT_EQ(refused->error().code, ErrorCode::overloaded);
  EXPECT_FALSE(ran);
}

TEST(NotifierTest, AChangeAfterTheTicketEndsTheWaitAtOnce) {
  Notifier notifier;
  const auto ticket = notifier.ticket();
  notifier.notify_all();
  EXPECT_TRUE(sync_wait(notifier.wait(ticket, MonotonicTime::max())));
}

TEST(NotifierTest, WaitsEndByTimeAndFromOtherThreads) {
  Notifier notifier;
  EXPECT_FALSE(
      sync_wait(notifier.wait(notifier.ticket(), std::chrono::steady_clock::now() + milliseconds{5})));
  const auto ticket = notifier.ticket();
  std::thread other([&] { notifier.notify_all(); });
  EXPECT_TRUE(sync_wait(notifier.wait(ticket, MonotonicTime::max())));
  other.join();
}

TEST(ManualExecutorTest, VirtualTimeJumpsFromTimerToTimer) {
  ManualExecutor executor(true);
  std::vector<int> order;
  executor.post_at(executor.now() + std::chrono::hours{2}, [&] { order.push_back(2); });
  executor.post_at(executor.now() + std::chrono::hours{1}, [&] { order.push_back(1); });
  executor.run_until([&] { return order.size() == 2; });
  EXPECT_EQ(order, (std::vector{1, 2}));
}

TEST(EventLoopTest, LoopsEndWhenAskedAndSleepersWake) {
  EventLoop loop("test-loop");
  loop.start();
  std::atomic<int> rounds{0};
  {
    BackgroundLoops loops;
    std::latch running(1);
    loops.start("sleeper", loop, [&](BackgroundLoops::StopFlag stop) -> Task<void> {
      running.count_down();
      while (!stop.stopping()) {
        ++rounds;
        co_await stop.sleep_for(std::chrono::hours{1});
      }
    });
    running.wait();
    EXPECT_FALSE(loops.join_for(milliseconds{1})) << "nobody has asked it to end";
    loops.request_stop();
    EXPECT_TRUE(loops.join_for(milliseconds{60'000}));
  }
  EXPECT_EQ(rounds, 1);
  loop.stop();
}

TEST(RunWithinTest, WorkThatDoesNotEndIsLeftToItself) {
  EXPECT_TRUE(run_within(milliseconds{60'000}, [] {}));
  const auto let_go = std::make_shared<std::latch>(1), ended = std::make_shared<std::latch>(1);
  EXPECT_FALSE(run_within(milliseconds{10}, [let_go, ended] {
    let_go->wait();
    ended->count_down();
  }));
  let_go->count_down();
  ended->wait();
  EXPECT_THROW(run_within(milliseconds{60'000}, [] { throw std::runtime_error("no"); }), std::runtime_error);
}

}  // namespace
}  // namespace cloudcart
