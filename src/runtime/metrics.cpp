#include "runtime/metrics.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <stdexcept>
#include <variant>

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace cloudcart {
namespace {

constexpr std::array duration_bounds{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                     0.1,    0.25,  0.5,    1.0,   2.5,  5.0,   10.0};
constexpr std::array amount_bounds{1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0};

/// Empty: it has a name and is about to be made.
using Instrument = std::variant<std::monostate, std::unique_ptr<Metrics::Counter>,
                                std::unique_ptr<Metrics::Histogram>, Metrics::Read>;

struct Family {
  prometheus::MetricType type;
  std::string help;
  std::map<Metrics::Labels, Instrument> instruments;
};

}  // namespace

/// Puts what an instrument shows into a metric of the exposition.
struct Metrics::Reading {
  prometheus::ClientMetric& into;
  prometheus::MetricType type;

  void operator()(std::monostate) const {}
  void operator()(const std::unique_ptr<Counter>& counter) const {
    into.counter.value = static_cast<double>(counter->value());
  }
  void operator()(const Read& read) const {
    (type == prometheus::MetricType::Counter ? into.counter.value : into.gauge.value) = read();
  }
  void operator()(const std::unique_ptr<Histogram>& histogram) const {
    auto& shown = into.histogram;
    std::uint64_t count = 0;
    for (std::size_t i = 0; i <= histogram->size_; ++i) {
      count += histogram->counts_[i].load(std::memory_order_relaxed);
      shown.bucket.push_back(
          {count, i < histogram->size_ ? histogram->bounds_[i] : std::numeric_limits<double>::infinity()});
    }
    shown.sample_count = count;
    shown.sample_sum = histogram->sum_.load(std::memory_order_relaxed);
  }
};

Metrics::Histogram::Histogram(std::span<const double> bounds) : size_(bounds.size()) {
  if (size_ > most_bounds || !std::ranges::is_sorted(bounds))
    throw std::logic_error("a histogram's bounds are too many, or not in order");
  std::ranges::copy(bounds, bounds_.begin());
}

void Metrics::Histogram::observe(double value) noexcept {
  // Few bounds, and most values are below the first of them: a search by halves would be slower.
  std::size_t bucket = 0;
  while (bucket < size_ && value > bounds_[bucket]) ++bucket;
  counts_[bucket].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

struct Metrics::Impl {
  mutable std::mutex mutex;
  std::map<std::string, Family> families;

  Instrument& place(const std::string& name, const std::string& help, const Labels& labels,
                    prometheus::MetricType type) {
    auto& family = families.try_emplace(name, type, help).first->second;
    if (family.type != type) throw std::logic_error(fmt::format("the metric {} has two types", name));
    return family.instruments[labels];
  }
  void ask_at_scrapes(const std::string& name, const std::string& help, const Labels& labels,
                      prometheus::MetricType type, Read read) {
    const std::scoped_lock lock(mutex);
    place(name, help, labels, type) = std::move(read);
  }
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Metrics::Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  const std::scoped_lock lock(impl_->mutex);
  auto& place = impl_->place(name, help, labels, prometheus::MetricType::Counter);
  if (std::holds_alternative<std::monostate>(place)) place = std::make_unique<Counter>();
  return *std::get<std::unique_ptr<Counter>>(place);
}

Metrics::Histogram& Metrics::histogram(const std::string& name, const std::string& help, const Labels& labels,
                                       std::span<const double> bounds) {
  const std::scoped_lock lock(impl_->mutex);
  auto& place = impl_->place(name, help, labels, prometheus::MetricType::Histogram);
  if (std::holds_alternative<std::monostate>(place)) place = std::make_unique<Histogram>(bounds);
  return *std::get<std::unique_ptr<Histogram>>(place);
}

Metrics::Histogram& Metrics::duration(const std::string& name, const std::string& help,
                                      const Labels& labels) {
  return histogram(name, help, labels, duration_bounds);
}

Metrics::Histogram& Metrics::amount(const std::string& name, const std::string& help, const Labels& labels) {
  return histogram(name, help, labels, amount_bounds);
}

void Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels, Read read) {
  impl_->ask_at_scrapes(name, help, labels, prometheus::MetricType::Gauge, std::move(read));
}

void Metrics::total(const std::string& name, const std::string& help, const Labels& labels, Read read) {
  impl_->ask_at_scrapes(name, help, labels, prometheus::MetricType::Counter, std::move(read));
}

std::string Metrics::text() const {
  std::vector<prometheus::MetricFamily> families;
  {
    const std::scoped_lock lock(impl_->mutex);
    for (const auto& [name, family] : impl_->families) {
      auto& shown = families.emplace_back(name, family.help, family.type);
      for (const auto& [labels, instrument] : family.instruments) {
        auto& metric = shown.metric.emplace_back();
        for (const auto& [label, value] : labels) metric.label.push_back({label, value});
        std::visit(Reading{metric, family.type}, instrument);
      }
    }
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace cloudcart
