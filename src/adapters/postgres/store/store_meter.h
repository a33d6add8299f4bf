#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <string>

#include "runtime/metrics.h"

namespace cloudcart::postgres {

/// What a pool shows. Reported to by one thread, asked by any; it must live as long as anybody asks the metrics.
class PoolMeter {
 public:
  struct Limits {
    std::size_t connections, waiting;
  };
  struct State {
    std::size_t in_use, idle, opening, waiting;
  };

  PoolMeter(Metrics& metrics, const Metrics::Labels& labels, Limits limits);
  PoolMeter(const PoolMeter&) = delete;
  PoolMeter& operator=(const PoolMeter&) = delete;

  void report(State state);
  /// Too many waited, or for too long.
  void refused() { refused_.add(); }
  void failed_to_connect() { failed_.add(); }

 private:
  Metrics::Counter& refused_;
  Metrics::Counter& failed_;
  std::atomic<std::size_t> in_use_{0}, idle_{0}, opening_{0}, waiting_{0};
};

/// What a store shows of its transactions, and of a replica.
class StoreMeter {
 public:
  enum class Outcome : std::uint8_t { done, failed, in_doubt };

  StoreMeter(Metrics& metrics, const std::string& store);

  void ended(Outcome outcome, std::chrono::nanoseconds took);
  void tried_again() { retries_.add(); }
  void asked_replica(bool answered) { (answered ? from_replica_ : not_from_replica_).add(); }

 private:
  Metrics::Histogram& duration_;
  std::array<Metrics::Counter*, 3> ended_;
  Metrics::Counter &retries_, &from_replica_, &not_from_replica_;
};

}  // namespace cloudcart::postgres
