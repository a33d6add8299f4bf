#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace cloudcart {

/// The process's measurements, in Prometheus' text format. Instruments live as long as the Metrics they came
/// from, and may be used from any thread.
class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;

  class Counter {
   public:
    virtual ~Counter() = default;
    virtual void add(double amount = 1) = 0;
  };
  class Histogram {
   public:
    virtual ~Histogram() = default;
    virtual void observe(double value) = 0;
  };

  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The same name and labels give the same instrument.
  Counter& counter(const std::string& name, const std::string& help, const Labels& labels);
  /// Buckets are upper bounds in seconds, 0.5 ms to 10 s.
  Histogram& duration(const std::string& name, const std::string& help, const Labels& labels);
  /// A value that is asked for at each scrape.
  void gauge(const std::string& name, const std::string& help, const Labels& labels,
             std::function<double()> read);

  /// The exposition text (version 0.0.4).
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart
