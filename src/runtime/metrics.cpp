#include "runtime/metrics.h"

#include <deque>
#include <mutex>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace cloudcart {
namespace {

struct CounterInstrument final : Metrics::Counter {
  explicit CounterInstrument(prometheus::Counter& inner) : counter(inner) {}
  void add(double amount) override { counter.Increment(amount); }
  prometheus::Counter& counter;
};

struct HistogramInstrument final : Metrics::Histogram {
  explicit HistogramInstrument(prometheus::Histogram& inner) : histogram(inner) {}
  void observe(double value) override { histogram.Observe(value); }
  prometheus::Histogram& histogram;
};

const prometheus::Histogram::BucketBoundaries duration_buckets{
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

}  // namespace

struct Metrics::Impl {
  struct CallbackGauge {
    prometheus::Gauge& gauge;
    std::function<double()> read;
  };
  prometheus::Registry registry;
  mutable std::mutex mutex;
  std::map<prometheus::Counter*, std::unique_ptr<CounterInstrument>> counters;
  std::map<prometheus::Histogram*, std::unique_ptr<HistogramInstrument>> histograms;
  std::deque<CallbackGauge> gauges;
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Metrics::Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const std::scoped_lock lock(impl_->mutex);
  auto& inner = prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels);
  auto& instrument = impl_->counters[&inner];
  if (!instrument) instrument = std::make_unique<CounterInstrument>(inner);
  return *instrument;
}

Metrics::Histogram& Metrics::duration(const std::string& name, const std::string& help,
                                      const Labels& labels) {
  const std::scoped_lock lock(impl_->mutex);
  auto& inner = prometheus::BuildHistogram()
                    .Name(name)
                    .Help(help)
                    .Register(impl_->registry)
                    .Add(labels, duration_buckets);
  auto& instrument = impl_->histograms[&inner];
  if (!instrument) instrument = std::make_unique<HistogramInstrument>(inner);
  return *instrument;
}

void Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels,
                    std::function<double()> read) {
  const std::scoped_lock lock(impl_->mutex);
  auto& inner = prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels);
  impl_->gauges.push_back({inner, std::move(read)});
}

std::string Metrics::text() const {
  const std::scoped_lock lock(impl_->mutex);
  for (const auto& [gauge, read] : impl_->gauges) gauge.Set(read());
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace cloudcart
