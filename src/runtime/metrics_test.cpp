#include "runtime/metrics.h"

#include <array>
#include <semaphore>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <time.h>

#include "runtime/event_loop.h"
#include "runtime/offload_pool.h"

namespace cloudcart {
namespace {

bool has(const std::string& text, std::string_view line) {
  return text.starts_with(std::string{line} + "\n") || text.contains("\n" + std::string{line} + "\n");
}

/// What follows the name and labels of a line.
double value_of(const std::string& text, const std::string& name) {
  const auto at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

TEST(MetricsTest, EachNameHasHelpAndTypeOnce) {
  Metrics metrics;
  metrics.counter("a_total", "Counts a.", {{"x", "1"}}).add();
  metrics.counter("a_total", "Counts a.", {{"x", "2"}}).add(41);
  EXPECT_EQ(metrics.text(),
            "# HELP a_total Counts a.\n# TYPE a_total counter\na_total{x=\"1\"} 1\na_total{x=\"2\"} 41\n");
}

TEST(MetricsTest, TheSameNameAndLabelsAreTheSameInstrument) {
  Metrics metrics;
  auto& first = metrics.counter("a_total", "A.", {{"x", "1"}, {"y", "2"}});
  EXPECT_EQ(&first, &metrics.counter("a_total", "A.", {{"y", "2"}, {"x", "1"}}));
  EXPECT_NE(&first, &metrics.counter("a_total", "A.", {{"x", "1"}}));
  EXPECT_EQ(&metrics.duration("d_seconds", "D.", {}), &metrics.duration("d_seconds", "D.", {}));
}

TEST(MetricsTest, ANameHasOneType) {
  Metrics metrics;
  (void)metrics.counter("a_total", "A.", {});
  EXPECT_THROW((void)metrics.duration("a_total", "A.", {}), std::logic_error);
  EXPECT_THROW(metrics.gauge("a_total", "A.", {}, [] { return 1.0; }), std::logic_error);
}

TEST(MetricsTest, ABoundBelongsToItsBucketAndBucketsAddUp) {
  Metrics metrics;
  auto& sizes = metrics.histogram("s", "S.", {}, std::array{1.0, 2.0, 5.0});
  for (const double value : {0.0, 1.0, 1.5, 2.0, 5.0, 6.0, 1e9}) sizes.observe(value);
  const auto text = metrics.text();
  EXPECT_TRUE(has(text, "s_bucket{le=\"1\"} 2")) << text;
  EXPECT_TRUE(has(text, "s_bucket{le=\"2\"} 4")) << text;
  EXPECT_TRUE(has(text, "s_bucket{le=\"5\"} 5")) << text;
  EXPECT_TRUE(has(text, "s_bucket{le=\"+Inf\"} 7")) << text;
  EXPECT_TRUE(has(text, "s_count 7")) << text;
  EXPECT_DOUBLE_EQ(value_of(text, "s_sum"), 15.5 + 1e9);
}

TEST(MetricsTest, BoundsAreFewAndInOrder) {
  EXPECT_THROW(Metrics::Histogram(std::array{2.0, 1.0}), std::logic_error);
  EXPECT_THROW(Metrics::Histogram(std::array<double, Metrics::Histogram::most_bounds + 1>{}),
               std::logic_error);
}

TEST(MetricsTest, WhatIsAskedForAtAScrapeIsAskedEachTimeAndTheNewestIsAsked) {
  Metrics metrics;
  double value = 1;
  metrics.gauge("g", "G.", {}, [] { return -1.0; });
  metrics.gauge("g", "G.", {}, [&] { return value++; });
  metrics.total("t_total", "T.", {}, [&] { return value; });
  EXPECT_TRUE(has(metrics.text(), "g 1"));
  const auto text = metrics.text();
  EXPECT_TRUE(has(text, "g 2")) << text;
  EXPECT_TRUE(has(text, "# TYPE t_total counter")) << text;
  EXPECT_TRUE(has(text, "t_total 3")) << text;
}

TEST(MetricsTest, NothingIsLostBetweenThreads) {
  constexpr int threads = 4, each = 20'000;
  Metrics metrics;
  auto& counter = metrics.counter("a_total", "A.", {});
  auto& sizes = metrics.amount("s", "S.", {});
  {
    std::vector<std::jthread> running;
    for (int i = 0; i < threads; ++i)
      running.emplace_back([&] {
        for (int n = 0; n < each; ++n) {
          counter.add();
          sizes.observe(3);
        }
      });
    while (metrics.text().empty()) continue;
  }
  const auto text = metrics.text();
  EXPECT_TRUE(has(text, "a_total 80000")) << text;
  EXPECT_TRUE(has(text, "s_count 80000")) << text;
  EXPECT_TRUE(has(text, "s_sum 240000")) << text;
}

TEST(MetricsTest, APoolShowsWhatIsBusyWaitsAndIsRefused) {
  Metrics metrics;
  std::binary_semaphore begun{0}, go_on{0};
  OffloadPool pool("some", 1, 1);
  pool.measure(metrics);
  ASSERT_TRUE(pool.try_submit([&] {
    begun.release();
    go_on.acquire();
  }));
  begun.acquire();
  ASSERT_TRUE(pool.try_submit([] {}));
  ASSERT_FALSE(pool.try_submit([] {}));
  auto text = metrics.text();
  EXPECT_TRUE(has(text, "cloudcart_pool_threads{pool=\"some\"} 1")) << text;
  EXPECT_TRUE(has(text, "cloudcart_pool_threads_busy{pool=\"some\"} 1")) << text;
  EXPECT_TRUE(has(text, "cloudcart_pool_queue_jobs{pool=\"some\"} 1")) << text;
  EXPECT_TRUE(has(text, "cloudcart_pool_queue_limit_jobs{pool=\"some\"} 1")) << text;
  EXPECT_TRUE(has(text, "cloudcart_pool_refused_total{pool=\"some\"} 1")) << text;
  go_on.release();
  pool.stop();
  text = metrics.text();
  EXPECT_TRUE(has(text, "cloudcart_pool_threads_busy{pool=\"some\"} 0")) << text;
  EXPECT_GT(value_of(text, "cloudcart_pool_busy_seconds_total{pool=\"some\"}"), 0);
}

TEST(MetricsTest, ALoopShowsItsThreadsProcessorTime) {
  const std::string name = "cloudcart_event_loop_cpu_seconds_total{loop=\"measured\"}";
  Metrics metrics;
  EventLoop loop("measured");
  loop.measure(metrics);
  EXPECT_EQ(value_of(metrics.text(), name), 0);
  loop.start();
  std::binary_semaphore done{0};
  loop.post([&] {
    // So much of its own time, however long that takes on a busy machine.
    timespec used{};
    while (used.tv_sec == 0 && used.tv_nsec < 20'000'000) ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    done.release();
  });
  done.acquire();
  EXPECT_GE(value_of(metrics.text(), name), 0.02);
  loop.stop();
  EXPECT_EQ(value_of(metrics.text(), name), 0);
}

}  // namespace
}  // namespace cloudcart
