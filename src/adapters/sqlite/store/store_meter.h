#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

#include "runtime/metrics.h"

namespace cloudcart::sqlite {

/// What a store shows of its writer, its queue and its files. It must live as long as anybody asks the metrics.
class StoreMeter {
 public:
  struct Queue {
    std::size_t limit;
    std::function<std::size_t()> length;
  };
  StoreMeter(Metrics& metrics, const std::string& store, const std::filesystem::path& path, Queue queue);
  StoreMeter(const StoreMeter&) = delete;
  StoreMeter& operator=(const StoreMeter&) = delete;

  /// One transaction of so many jobs; `took`: the COMMIT alone, which waits for the disk.
  void committed(std::size_t jobs, std::chrono::nanoseconds took);
  void refused() { refused_.add(); }

  /// While alive the writer is at work. Nothing is counted without a meter.
  class Turn {
   public:
    explicit Turn(StoreMeter* meter) : meter_(meter), began_(std::chrono::steady_clock::now()) {}
    ~Turn() {
      if (meter_) meter_->busy_nanoseconds_ += (std::chrono::steady_clock::now() - began_).count();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    StoreMeter* const meter_;
    const std::chrono::steady_clock::time_point began_;
  };

 private:
  Metrics::Counter& refused_;
  Metrics::Histogram& batch_;
  Metrics::Histogram& commit_;
  std::atomic<std::int64_t> busy_nanoseconds_{0};
};

}  // namespace cloudcart::sqlite
