#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/otlp/trace_encoding.h"
#include "core/random.h"
#include "http/outside_client.h"
#include "runtime/event_loop.h"
#include "runtime/metrics.h"
#include "runtime/tracing.h"

namespace cloudcart::otlp {

struct ExporterOptions {
  http::WebUrl url;       ///< that takes traces: http://collector:4318/v1/traces
  http::Headers headers;  ///< more of them, for who asks for a key
  Resource resource;
  std::string version;
  std::size_t queue = 8'192;     ///< spans that wait; more are dropped
  std::size_t batch = 512;       ///< spans in a request
  milliseconds interval{1'000};  ///< between two looks at what waits
  milliseconds attempt_limit{10'000};
  milliseconds first_pause{1'000};  ///< after a failed attempt; doubles
  int attempts = 5;                 ///< of a batch, which is dropped then
  std::uint64_t seed = 0;           ///< of the chance in pauses
};

/// Sends spans to a collector by OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/), Protocol Buffers and gzip.
/// Never in anybody's way: who records a span puts it into a bounded queue, or sees it dropped. Answers 429, 502, 503 and 504
/// and none at all are tried again, not before Retry-After; others are not. What is dropped is counted by why.
class OtlpExporter final : public SpanSink {
 public:
  OtlpExporter(ExporterOptions options, http::OutsideClient& client, Metrics& metrics);

  void record(SpanRecord span) noexcept override;

  /// Sends what is recorded until stopped, and then what is left until end_by() or, if that was not called, at once.
  Task<void> run(BackgroundLoops::StopFlag stop);
  /// Called before the stop. What has not been sent by then is dropped.
  void end_by(MonotonicTime time) { end_by_ = time; }

 private:
  enum class Loss : std::uint8_t { queue_full, refused, unreachable, shutdown };
  static constexpr std::size_t losses = 4;

  std::vector<SpanRecord> take_batch();
  Task<void> send_all(const BackgroundLoops::StopFlag& stop);
  Task<void> deliver(std::string body, std::size_t spans, const BackgroundLoops::StopFlag& stop);
  /// Nullopt for spans that have arrived.
  std::optional<Loss> loss_of(const Result<http::OutsideAnswer>& answer) const;
  milliseconds pause_after(int attempt, const Result<http::OutsideAnswer>& answer);
  bool is_over(const BackgroundLoops::StopFlag& stop) const;
  void drop(Loss why, std::size_t spans, std::string_view details = {});

  const ExporterOptions options_;
  http::OutsideClient& client_;
  Metrics::Counter& exported_;
  std::array<Metrics::Counter*, losses> dropped_;
  std::atomic<MonotonicTime> end_by_{MonotonicTime::min()};
  std::mutex mutex_;  ///< of the queue
  std::deque<SpanRecord> queue_;
  // Of the loop's thread.
  Random random_;
  MonotonicTime noted_at_ = MonotonicTime::min();
};

}  // namespace cloudcart::otlp
