#include "app/operations/process_metrics.h"

#include <chrono>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "app/operations/version.h"

namespace cloudcart::app {
namespace {

class ProcessMetricsTest : public testing::Test {
 protected:
  double value(const std::string& name) {
    const auto text = metrics.text();
    const auto at = text.find("\n" + name + " ");
    if (at == std::string::npos) throw std::logic_error("no " + name);
    return std::stod(text.substr(at + name.size() + 2));
  }
  Metrics metrics;
  void SetUp() override { measure_process(metrics, "/tmp"); }
};

TEST_F(ProcessMetricsTest, NamesTheVersion) {
  EXPECT_TRUE(metrics.text().contains("cloudcart_build_info{version=\"" + std::string{version} + "\"} 1"));
}

TEST_F(ProcessMetricsTest, CountsFileHandles) {
  const auto before = value("process_open_fds");
  const int one = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(value("process_open_fds"), before + 1);
  ::close(one);
  EXPECT_EQ(value("process_open_fds"), before);
  EXPECT_GT(value("process_max_fds"), before);
}

TEST_F(ProcessMetricsTest, KnowsMemoryTimeAndDisk) {
  EXPECT_GT(value("process_resident_memory_bytes"), 1 << 20);
  EXPECT_GT(value("process_virtual_memory_bytes"), value("process_resident_memory_bytes"));
  EXPECT_GE(value("cloudcart_memory_limit_bytes"), value("process_resident_memory_bytes"));
  EXPECT_GE(value("process_threads"), 1);
  EXPECT_GT(value("cloudcart_disk_size_bytes"), value("cloudcart_disk_free_bytes"));
  const auto before = value("process_cpu_seconds_total");
  while (value("process_cpu_seconds_total") <= before) continue;
  const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  // It began while this test's program has been running: an hour is more than any takes.
  EXPECT_LT(value("process_start_time_seconds"), now + 2);
  EXPECT_GT(value("process_start_time_seconds"), now - 3600);
}

}  // namespace
}  // namespace cloudcart::app
