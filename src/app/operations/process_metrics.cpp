#include "app/operations/process_metrics.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "app/operations/version.h"

namespace cloudcart::app {
namespace {

/// The fields of /proc/self/stat from the third on; the second one is a name that may hold anything. See proc(5).
std::vector<std::string> stat_fields() {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  const auto end_of_name = text.rfind(')');
  std::vector<std::string> fields;
  if (end_of_name == std::string::npos) return fields;
  std::istringstream rest(text.substr(end_of_name + 1));
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

/// By the number that proc(5) gives it; 0 where there is no /proc.
double stat_field(std::size_t number) {
  const auto fields = stat_fields();
  return fields.size() > number - 3 ? std::stod(fields[number - 3]) : 0;
}

double cpu_seconds() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

/// Since the epoch: the machine's start and the ticks from there.
double start_time() {
  std::ifstream file("/proc/stat");
  double machine_started = 0;
  for (std::string word; file >> word;)
    if (word == "btime") file >> machine_started;
  return machine_started + stat_field(22) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double open_files() {
  std::error_code gone;
  const auto files = std::filesystem::directory_iterator("/proc/self/fd", gone);
  // One of them is the folder itself.
  return gone ? 0 : static_cast<double>(std::distance(begin(files), end(files)) - 1);
}

double files_limit() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

double page_size() {
  return static_cast<double>(::sysconf(_SC_PAGESIZE));
}

/// Of the machine, or of the container where that has less (cgroup 2; "max" is no number).
double memory_limit() {
  const double machine = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * page_size();
  std::ifstream file("/sys/fs/cgroup/memory.max");
  double container = 0;
  return file >> container ? std::min(container, machine) : machine;
}

struct DiskRoom {
  double free = 0, size = 0;
};

/// What there is for those who are not root.
DiskRoom room_at(const std::filesystem::path& folder) {
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) != 0) return {};
  const auto block = static_cast<double>(disk.f_frsize);
  return {.free = static_cast<double>(disk.f_bavail) * block,
          .size = static_cast<double>(disk.f_blocks) * block};
}

}  // namespace

void measure_process(Metrics& metrics, const std::filesystem::path& data_folder) {
  metrics.gauge("cloudcart_build_info", "Always 1; the version is a label.",
                {{"version", std::string{version}}}, [] { return 1.0; });
  metrics.total("process_cpu_seconds_total", "Processor time of the process.", {}, cpu_seconds);
  metrics.gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.", {},
                [] { return stat_field(24) * page_size(); });
  metrics.gauge("process_virtual_memory_bytes", "Address space of the process.", {},
                [] { return stat_field(23); });
  metrics.gauge("process_threads", "Threads of the process.", {}, [] { return stat_field(20); });
  metrics.gauge("process_open_fds", "File handles that the process has open.", {}, open_files);
  metrics.gauge("process_max_fds", "File handles that the process may have open.", {}, files_limit);
  metrics.gauge("process_start_time_seconds", "When the process began, since 1970.", {},
                [began = start_time()] { return began; });
  metrics.gauge("cloudcart_memory_limit_bytes",
                "Memory of the machine, or of the container where that has less.", {}, memory_limit);
  metrics.gauge("cloudcart_disk_free_bytes", "Room on the disk of the data folder.", {},
                [data_folder] { return room_at(data_folder).free; });
  metrics.gauge("cloudcart_disk_size_bytes", "Size of the disk of the data folder.", {},
                [data_folder] { return room_at(data_folder).size; });
}

}  // namespace cloudcart::app
