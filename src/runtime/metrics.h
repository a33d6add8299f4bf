#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cloudcart {

/// The process's measurements, in Prometheus' text format. Instruments live as long as the Metrics they came
/// from, and may be used from any thread. To count or to observe takes no lock and no memory; to ask for an instrument
/// does, so it is done once and kept.
class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;
  using Read = std::function<double()>;

  class Counter {
   public:
    void add(std::uint64_t amount = 1) noexcept { value_.fetch_add(amount, std::memory_order_relaxed); }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

   private:
    std::atomic<std::uint64_t> value_{0};
  };

  /// A scrape that comes between the steps of an observation may find the sum without the last value; no observation
  /// is lost.
  class Histogram {
   public:
    static constexpr std::size_t most_bounds = 16;

    /// `bounds`: the upper ones, ascending, most_bounds at most.
    explicit Histogram(std::span<const double> bounds);
    void observe(double value) noexcept;

   private:
    friend Metrics;
    std::array<double, most_bounds> bounds_{};
    std::size_t size_;
    std::array<std::atomic<std::uint64_t>, most_bounds + 1> counts_{};  ///< the last one: beyond all bounds
    std::atomic<double> sum_{0};
  };

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The same name and labels give the same instrument. A name has one type: std::logic_error for another.
  Counter& counter(const std::string& name, const std::string& help, const Labels& labels);
  Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels,
                       std::span<const double> bounds);
  /// Of seconds, with bounds from 0.5 ms to 10 s.
  Histogram& duration(const std::string& name, const std::string& help, const Labels& labels);
  /// Of how many, with bounds from 1 to 1024 by powers of two.
  Histogram& amount(const std::string& name, const std::string& help, const Labels& labels);
  /// A value that is asked for at each scrape, on the thread of the scrape; what it refers to has to live as long as
  /// there are any. The same name and labels again: the newer one is asked.
  void gauge(const std::string& name, const std::string& help, const Labels& labels, Read read);
  /// The same for a value that only grows and is counted elsewhere.
  void total(const std::string& name, const std::string& help, const Labels& labels, Read read);

  /// The exposition text (version 0.0.4).
  std::string text() const;

 private:
  struct Impl;
  struct Reading;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart
