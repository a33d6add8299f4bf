#include "http/admission_lines.h"

#include <cmath>
#include <deque>
#include <memory>
#include <queue>

#include <fmt/chrono.h>
#include <gtest/gtest.h>

#include "core/random.h"

namespace cloudcart::http {
namespace {

using namespace std::chrono_literals;
using Lines = AdmissionLines;
using Verdict = Lines::Verdict;
using std::chrono::microseconds;
using std::chrono::nanoseconds;
using Time = MonotonicTime;

constexpr Time start{1h};

Lines::Options all_alike(LineOptions line) {
  Lines::Options options;
  options.fill(line);
  return options;
}

/// One loop whose requests stay where they are.
class AdmissionLinesTest : public testing::Test {
 protected:
  Verdict come(Priority priority, Time since) {
    waiters.push_back({.priority = priority, .since = since, .deadline = deadline});
    return lines.arrive(waiters.back(), now);
  }
  Verdict come(Priority priority = Priority::standard) { return come(priority, now); }
  /// A line of `count` that has stood for an interval.
  void let_stand(Priority priority, int count) {
    for (int i = 0; i < count; ++i) come(priority, now - 2ms);
    for (int i = 0; i < 12; ++i) {
      now += 10ms;
      lines.look(now);
    }
  }
  std::optional<Verdict> leaves() {
    const auto departure = lines.next(now);
    return departure ? std::optional{departure->verdict} : std::nullopt;
  }

  Time now = start;
  Time deadline = Time::max();
  std::deque<Lines::Waiter> waiters;
  Lines lines{all_alike({.most_under_way = 2, .most_waiting = 5})};
};

TEST_F(AdmissionLinesTest, WhatFindsItsLoopFreeIsServedAtOnce) {
  EXPECT_EQ(come(), Verdict::admitted);
  EXPECT_EQ(come(), Verdict::admitted);
  EXPECT_EQ(come(), Verdict::waits) << "two are under way";
  EXPECT_EQ(leaves(), std::nullopt);
  lines.end(Priority::standard);
  EXPECT_EQ(leaves(), Verdict::admitted);
  EXPECT_TRUE(lines.empty());
}

TEST_F(AdmissionLinesTest, WhatHasWaitedInItsSocketTakesItsPlaceByPriority) {
  for (const auto priority : {Priority::analytics, Priority::standard, Priority::sign_in, Priority::checkout})
    EXPECT_EQ(come(priority, now - 2ms), Verdict::waits);
  EXPECT_EQ(come(Priority::vital, now - 2ms), Verdict::admitted);
  for (const auto priority :
       {Priority::checkout, Priority::sign_in, Priority::standard, Priority::analytics}) {
    const auto departure = lines.next(now);
    ASSERT_TRUE(departure);
    EXPECT_EQ(departure->waiter->priority, priority);
    EXPECT_EQ(departure->verdict, Verdict::admitted);
  }
}

TEST_F(AdmissionLinesTest, ALineHasABound) {
  for (int i = 0; i < 7; ++i) come();
  EXPECT_EQ(come(), Verdict::no_room);
  EXPECT_EQ(come(Priority::checkout), Verdict::waits) << "its line is another";
}

TEST_F(AdmissionLinesTest, ALineThatStandsIsCutToWhatItGivesOut) {
  let_stand(Priority::standard, 6);
  EXPECT_TRUE(lines.is_shedding(Priority::standard));
  EXPECT_FALSE(lines.is_shedding(Priority::checkout));
  EXPECT_EQ(come(), Verdict::no_room) << "it gives out next to nothing";
  for (int i = 0; i < 5; ++i) EXPECT_EQ(leaves(), Verdict::too_late) << i;
  EXPECT_EQ(come(), Verdict::waits) << "one may always wait";
  EXPECT_EQ(come(), Verdict::no_room);
}

TEST_F(AdmissionLinesTest, WithoutARefusalForAnIntervalAllIsAsBefore) {
  let_stand(Priority::standard, 6);
  while (lines.next(now)) {
  }
  now += 101ms;
  lines.look(now);
  EXPECT_FALSE(lines.is_shedding(Priority::standard));
  EXPECT_EQ(come(), Verdict::admitted);
}

TEST_F(AdmissionLinesTest, AProcessThatWasHeldUpServesWhatHasCome) {
  for (int i = 0; i < 6; ++i) come(Priority::standard, now - 2ms);
  now += 30s;
  lines.look(now);
  EXPECT_FALSE(lines.is_shedding(Priority::standard));
  EXPECT_EQ(leaves(), Verdict::admitted);
}

TEST_F(AdmissionLinesTest, WhoseTimeHasPassedIsNotServed) {
  come();
  come();
  deadline = now + 50ms;
  come();
  now += 51ms;
  EXPECT_EQ(leaves(), Verdict::expired) << "though nobody else has ended";
}

TEST_F(AdmissionLinesTest, NoneUnderWayMeansNone) {
  Lines closed(all_alike({.most_under_way = 0}));
  Lines::Waiter waiter{.priority = Priority::analytics, .since = now};
  EXPECT_EQ(closed.arrive(waiter, now), Verdict::no_room);
}

// --- A loop under load ---

struct Kind {
  Priority priority;
  double share;       ///< of the requests
  microseconds cost;  ///< of serving one
};

struct Outcome {
  double served_per_second = 0;  ///< of any
  std::array<double, priority_count> served{}, offered{};
  std::vector<microseconds> waits;     ///< of those that were served
  std::vector<microseconds> refusals;  ///< from coming to being refused

  static microseconds at(std::vector<microseconds> times, double quantile) {
    if (times.empty()) return 0us;
    std::ranges::sort(times);
    return times[static_cast<std::size_t>(quantile * static_cast<double>(times.size() - 1))];
  }
};

struct Costs {
  microseconds reading{5}, refusing{7};
  /// The processor is shared: after so long, others have it for so long.
  microseconds turn{0}, pause{0};
};

/// One thread that reads, refuses and serves, as Admission does it, on a clock of its own: each step takes its time, and
/// what comes meanwhile waits in its socket. Requests come by chance (a Poisson process), whatever is answered.
class LoadedLoop {
 public:
  /// Who finds all `connections` waiting to be read does not come.
  LoadedLoop(std::vector<Kind> kinds, double per_second, std::size_t connections = 10'000, Costs costs = {})
      : kinds_(std::move(kinds)), gap_(1e9 / per_second), connections_(connections), costs_(costs) {
    due_ = now_ + draw_gap();
  }

  Outcome run(Time::duration warm_up, Time::duration length) {
    measured_from_ = now_ + warm_up;
    const auto until = measured_from_ + length;
    while (now_ < until) step();
    outcome_.served_per_second =
        static_cast<double>(outcome_.waits.size()) / std::chrono::duration<double>(length).count();
    return outcome_;
  }

 private:
  static constexpr int read_at_once = 128;

  nanoseconds draw_gap() {
    const double chance = (static_cast<double>(random_.below(1'000'000)) + 1) / 1'000'001;
    return nanoseconds{static_cast<std::int64_t>(-std::log(chance) * gap_)};
  }
  const Kind& draw_kind() {
    auto left = static_cast<double>(random_.below(1'000'000)) / 1e6;
    for (const auto& kind : kinds_)
      if ((left -= kind.share) < 0) return kind;
    return kinds_.back();
  }

  void work_for(microseconds cost) {
    now_ += cost;
    worked_ += cost;
    if (costs_.turn > 0us && worked_ >= costs_.turn) {
      now_ += costs_.pause;
      worked_ = 0us;
    }
  }
  void come_until_now() {
    for (; due_ <= now_; due_ += draw_gap()) {
      if (sockets_.size() >= connections_) continue;
      auto request = std::make_unique<Request>();
      const auto& kind = draw_kind();
      request->priority = kind.priority;
      request->since = due_;
      request->cost = kind.cost;
      sockets_.push(std::move(request));
    }
  }
  void step() {
    come_until_now();
    if (sockets_.empty() && lines_.empty()) now_ = due_;
    come_until_now();
    const auto reads_since = now_;
    for (int i = 0; i < read_at_once && !sockets_.empty(); ++i) {
      auto request = std::move(sockets_.front());
      sockets_.pop();
      work_for(costs_.reading);
      auto& read = *request.release();
      const auto verdict = lines_.arrive(read, now_);
      if (verdict != Verdict::waits) leave(read, verdict);
    }
    lines_.look(now_);
    for (const auto until = now_ + lines_.slice(now_ - reads_since); now_ < until;) {
      const auto departure = lines_.next(now_);
      if (!departure) break;
      leave(static_cast<Request&>(*departure->waiter), departure->verdict);
    }
  }

  struct Request : Lines::Waiter {
    microseconds cost{};
  };
  void leave(Request& left, Verdict verdict) {
    const std::unique_ptr<Request> request(&left);
    const auto waited = std::chrono::duration_cast<microseconds>(now_ - request->since);
    const bool served = verdict == Verdict::admitted;
    work_for(served ? request->cost : costs_.refusing);
    if (served) lines_.end(request->priority);
    if (now_ < measured_from_) return;
    const auto kind = static_cast<std::size_t>(request->priority);
    ++outcome_.offered[kind];
    outcome_.served[kind] += served ? 1 : 0;
    (served ? outcome_.waits : outcome_.refusals).push_back(waited);
  }

  const std::vector<Kind> kinds_;
  const double gap_;
  const std::size_t connections_;
  const Costs costs_;
  microseconds worked_{0};
  Random random_{1, 0};
  Lines lines_{all_alike({.most_under_way = 128})};
  std::queue<std::unique_ptr<Request>> sockets_;
  Time now_ = start, due_{}, measured_from_{};
  Outcome outcome_;
};

/// What one thread can serve: each costs its reading and its serving.
double capacity(microseconds cost) {
  return 1e6 / static_cast<double>((cost + 5us).count());
}

TEST(AdmissionUnderLoad, BelowTheirCapacityNobodyIsRefused) {
  for (const double load : {0.5, 0.7, 0.9}) {
    const auto outcome = LoadedLoop({{Priority::standard, 1, 200us}}, load * capacity(200us)).run(1s, 10s);
    EXPECT_TRUE(outcome.refusals.empty()) << load;
  }
}

TEST(AdmissionUnderLoad, GoodputHoldsWhateverIsOffered) {
  const double peak = capacity(200us);
  for (const double load : {1.2, 2.0, 5.0}) {
    const auto outcome = LoadedLoop({{Priority::standard, 1, 200us}}, load * peak).run(1s, 10s);
    // All of this thread's time: reading each, serving some, refusing the others.
    const double expected = (1e6 - load * peak * 12) / (200 - 7);
    const auto text = fmt::format("{} x: {:.0f} of {:.0f}/s, waits p50 {} p99 {}, refusals p50 {} p99 {}",
                                  load, outcome.served_per_second, expected, Outcome::at(outcome.waits, 0.5),
                                  Outcome::at(outcome.waits, 0.99), Outcome::at(outcome.refusals, 0.5),
                                  Outcome::at(outcome.refusals, 0.99));
    std::puts(text.c_str());
    EXPECT_GE(outcome.served_per_second, 0.97 * std::min(peak, expected)) << text;
    EXPECT_LE(Outcome::at(outcome.waits, 0.99), 20ms) << text;
    EXPECT_LE(Outcome::at(outcome.refusals, 0.99), 5ms) << text;
  }
}

TEST(AdmissionUnderLoad, GoodputDoesNotCollapseWhenReadingItselfIsLate) {
  // Twice what could be read and refused: every request has waited in its socket for longer than the target.
  const double peak = capacity(200us);
  const auto outcome = LoadedLoop({{Priority::standard, 1, 200us}}, 34 * peak, 1'000).run(1s, 10s);
  EXPECT_GT(outcome.served_per_second, 0.25 * peak);
  EXPECT_LT(Outcome::at(outcome.waits, 0.99), 100ms) << "1,000 connections are soon read";
}

/// What is left for serving when each of `offered` is read, by one who has `share` of a processor.
double left_over(double offered, double serving_us, Costs costs, double share) {
  const auto reading = static_cast<double>(costs.reading.count()),
             refusing = static_cast<double>(costs.refusing.count());
  return (share * 1e6 - offered * (reading + refusing)) / (serving_us - refusing);
}

TEST(AdmissionUnderLoad, ALoopThatSharesItsProcessorIsNotGivenLessAndLess) {
  // As many times a processor's second as what else runs on the machine leaves to it, and in what pieces.
  for (const auto pause : {4ms, 12ms, 30ms}) {
    const Costs costs{.reading = 12us, .refusing = 13us, .turn = 6ms, .pause = pause};
    const double share = 6.0 / (6.0 + static_cast<double>(pause.count()));
    const double peak = share * 1e6 / (12 + 90);
    for (const double load : {1.5, 2.0, 2.5}) {
      const auto outcome =
          LoadedLoop({{Priority::standard, 1, 90us}}, load * peak, 10'000, costs).run(1s, 10s);
      const double expected = left_over(load * peak, 90, costs, share);
      const auto text = fmt::format("{} beside pauses of {}: {:.0f} of {:.0f}/s, waits p99 {}", load, pause,
                                    outcome.served_per_second, expected, Outcome::at(outcome.waits, 0.99));
      std::puts(text.c_str());
      EXPECT_GE(outcome.served_per_second, 0.85 * expected) << text;
    }
  }
}

TEST(AdmissionUnderLoad, ReadingMayNotTakeAllOfTheTime) {
  for (const auto& costs : {Costs{}, Costs{.reading = 12us, .refusing = 13us}}) {
    const auto serving = 200us;
    const double peak = 1e6 / static_cast<double>((costs.reading + serving).count());
    const auto outcome = LoadedLoop({{Priority::standard, 1, serving}}, 10 * peak, 1'000, costs).run(1s, 10s);
    const auto text =
        fmt::format("10 x, to read and refuse one {}: {:.0f} of {:.0f}/s, waits p99 {}, refusals p99 {}",
                    costs.reading + costs.refusing, outcome.served_per_second, peak,
                    Outcome::at(outcome.waits, 0.99), Outcome::at(outcome.refusals, 0.99));
    std::puts(text.c_str());
    EXPECT_GT(outcome.served_per_second, 0.5 * peak) << text;
    EXPECT_LT(Outcome::at(outcome.waits, 0.99), 100ms) << text << ": 1,000 connections are soon read";
  }
}

TEST(AdmissionUnderLoad, WhatMattersMostIsServedFirst) {
  const std::vector<Kind> kinds{
      {Priority::checkout, 0.1, 200us}, {Priority::standard, 0.5, 200us}, {Priority::analytics, 0.4, 200us}};
  const auto served = [&](double load, Priority priority) {
    const auto outcome = LoadedLoop(kinds, load * capacity(200us)).run(1s, 10s);
    const auto i = static_cast<std::size_t>(priority);
    return outcome.served[i] / outcome.offered[i];
  };
  EXPECT_GT(served(1.4, Priority::standard), 0.99) << "1.4 x 60 % still fit";
  EXPECT_LT(served(1.4, Priority::analytics), 0.5);
  EXPECT_GT(served(5, Priority::checkout), 0.99) << "half of what can be served";
  EXPECT_LT(served(5, Priority::analytics), 0.05);
}

}  // namespace
}  // namespace cloudcart::http
