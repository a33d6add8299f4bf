#pragma once

#include <filesystem>

#include "recommendation/ports/model_snapshots.h"
#include "runtime/offload_pool.h"

namespace cloudcart::recommendation {

/// A file of a data folder, readable by its owner alone. A save writes another file beside it, brings that to the
/// disk and then renames it; it happens on the pool's threads.
class FileModelSnapshots final : public ModelSnapshots {
 public:
  FileModelSnapshots(std::filesystem::path file, OffloadPool& pool) : file_(std::move(file)), pool_(pool) {}

  Task<Status> save(std::string bytes, Deadline deadline) override;
  Task<Result<std::optional<std::string>>> load(Deadline deadline) override;

 private:
  const std::filesystem::path file_;
  OffloadPool& pool_;
};

}  // namespace cloudcart::recommendation
