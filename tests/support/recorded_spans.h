#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "core/clock.h"
#include "runtime/tracing.h"

namespace cloudcart::test {

/// Keeps the spans that have ended, in that order.
class RecordedSpans final : public SpanSink {
 public:
  void record(SpanRecord span) noexcept override {
    const std::scoped_lock lock(mutex_);
    spans_.push_back(std::move(span));
  }
  std::vector<SpanRecord> all() const {
    const std::scoped_lock lock(mutex_);
    return spans_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<SpanRecord> spans_;
};

/// A service whose requests are all recorded, unless other options say so.
struct TracedService {
  explicit TracedService(SamplingOptions options = {.ratio = 1}) : tracing(spans, clock, options) {}

  RecordedSpans spans;
  SystemClock clock;
  Tracing tracing;
  Tracer tracer{tracing, "tested"};
};

/// The attribute as text, "" when there is none.
inline std::string attribute_of(const SpanRecord& span, std::string_view key) {
  const auto found = std::ranges::find(span.attributes, key, &SpanAttribute::key);
  if (found == span.attributes.end()) return "";
  if (const auto* number = std::get_if<std::int64_t>(&found->value)) return std::to_string(*number);
  return std::get<std::string>(found->value);
}

}  // namespace cloudcart::test
