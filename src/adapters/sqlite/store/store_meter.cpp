#include "adapters/sqlite/store/store_meter.h"

#include <system_error>

namespace cloudcart::sqlite {
namespace {

double size_of(const std::filesystem::path& file) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(file, missing);
  return missing ? 0 : static_cast<double>(size);
}

}  // namespace

StoreMeter::StoreMeter(Metrics& metrics, const std::string& store, const std::filesystem::path& path,
                       Queue queue)
    : refused_(metrics.counter("cloudcart_sqlite_writes_refused_total",
                               "Jobs that a store refused because too many waited.", {{"store", store}})),
      batch_(metrics.amount("cloudcart_sqlite_batch_jobs", "Jobs in a transaction that was committed.",
                            {{"store", store}})),
      commit_(metrics.duration("cloudcart_sqlite_commit_duration_seconds",
                               "Time of a COMMIT, with the fsync in it.", {{"store", store}})) {
  const Metrics::Labels labels{{"store", store}};
  metrics.gauge("cloudcart_sqlite_write_queue_jobs", "Jobs that wait for the writer of a store.", labels,
                [length = queue.length] { return static_cast<double>(length()); });
  metrics.gauge("cloudcart_sqlite_write_queue_limit_jobs",
                "Jobs that may wait for the writer of a store; more are refused.", labels,
                [limit = queue.limit] { return static_cast<double>(limit); });
  metrics.total("cloudcart_sqlite_writer_busy_seconds_total",
                "Time that the writer of a store was at work, waiting for the disk included.", labels,
                [this] { return static_cast<double>(busy_nanoseconds_.load()) * 1e-9; });
  auto log = path;
  log += "-wal";
  for (const auto& [kind, file] : {std::pair{"database", path}, std::pair{"log", log}})
    metrics.gauge("cloudcart_sqlite_file_bytes",
                  "Size of the files of a store: its database and the log before it.",
                  {{"store", store}, {"file", kind}}, [file] { return size_of(file); });
}

void StoreMeter::committed(std::size_t jobs, std::chrono::nanoseconds took) {
  batch_.observe(static_cast<double>(jobs));
  commit_.observe(std::chrono::duration<double>(took).count());
}

}  // namespace cloudcart::sqlite
