#pragma once

#include <mutex>

#include "recommendation/ports/model_snapshots.h"

namespace cloudcart::recommendation {

/// Lives as long as it does.
class MemoryModelSnapshots final : public ModelSnapshots {
 public:
  Task<Status> save(std::string bytes, Deadline) override {
    const std::scoped_lock lock(mutex_);
    bytes_ = std::move(bytes);
    co_return Status{};
  }
  Task<Result<std::optional<std::string>>> load(Deadline) override {
    const std::scoped_lock lock(mutex_);
    co_return bytes_;
  }

 private:
  std::mutex mutex_;
  std::optional<std::string> bytes_;
};

}  // namespace cloudcart::recommendation
