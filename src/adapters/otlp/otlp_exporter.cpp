#include "adapters/otlp/otlp_exporter.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "http/compression.h"

namespace cloudcart::otlp {
namespace {

constexpr milliseconds longest_pause{30'000};
constexpr seconds longest_retry_after{60};
constexpr seconds note_interval{30};

constexpr std::array loss_words{"queue_full", "refused", "unreachable", "shutdown"};

/// As the specification lists them.
bool may_be_tried_again(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

http::Headers with_own(http::Headers headers, bool is_packed) {
  headers.set("Content-Type", "application/x-protobuf");
  headers.set("User-Agent", "CloudCart");
  if (is_packed) headers.set("Content-Encoding", "gzip");
  return headers;
}

/// Whole seconds; what is a date is taken for nothing said.
std::optional<seconds> parse_retry_after(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return std::min(seconds{number}, longest_retry_after);
}

}  // namespace

OtlpExporter::OtlpExporter(ExporterOptions options, http::OutsideClient& client, Metrics& metrics)
    : options_(std::move(options)),
      client_(client),
      exported_(
          metrics.counter("cloudcart_tracing_spans_exported_total", "Spans that a collector has taken.", {})),
      random_(options_.seed, 0) {
  for (std::size_t i = 0; i < losses; ++i)
    dropped_[i] =
        &metrics.counter("cloudcart_tracing_spans_dropped_total",
                         "Spans that no collector has got, by the reason.", {{"reason", loss_words[i]}});
}

void OtlpExporter::record(SpanRecord span) noexcept {
  try {
    const std::scoped_lock lock(mutex_);
    if (queue_.size() < options_.queue) {
      queue_.push_back(std::move(span));
      return;
    }
  } catch (const std::exception&) {
    // There is no memory for it: as if there were no room.
  }
  dropped_[static_cast<std::size_t>(Loss::queue_full)]->add();
}

Task<void> OtlpExporter::run(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    co_await stop.sleep_for(options_.interval);
    co_await send_all(stop);
  }
  // Recorded since.
  co_await send_all(stop);
}

std::vector<SpanRecord> OtlpExporter::take_batch() {
  const std::scoped_lock lock(mutex_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), options_.batch));
  std::vector<SpanRecord> batch(std::make_move_iterator(queue_.begin()), std::make_move_iterator(end));
  queue_.erase(queue_.begin(), end);
  return batch;
}

Task<void> OtlpExporter::send_all(const BackgroundLoops::StopFlag& stop) {
  for (auto batch = take_batch(); !batch.empty(); batch = take_batch()) {
    if (is_over(stop)) {
      drop(Loss::shutdown, batch.size());
      continue;
    }
    auto body = encode_traces(batch, options_.resource, options_.version);
    const auto count = batch.size();
    batch.clear();
    co_await deliver(std::move(body), count, stop);
  }
}

bool OtlpExporter::is_over(const BackgroundLoops::StopFlag& stop) const {
  return stop.stopping() && Executor::current()->now() >= end_by_.load();
}

Task<void> OtlpExporter::deliver(std::string body, std::size_t spans, const BackgroundLoops::StopFlag& stop) {
  auto packed = http::gzip(body);
  const auto headers = with_own(options_.headers, packed.has_value());
  if (packed) body = *std::move(packed);
  for (int attempt = 1;; ++attempt) {
    const auto now = Executor::current()->now();
    auto limit = now + options_.attempt_limit;
    if (stop.stopping()) limit = std::min(limit, end_by_.load());
    const auto answer = co_await client_.post(options_.url, headers, body, limit);
    const auto loss = loss_of(answer);
    if (!loss) co_return exported_.add(static_cast<double>(spans));
    if (is_over(stop)) co_return drop(Loss::shutdown, spans);
    const auto what = answer ? fmt::format("it answers {}", answer->status) : answer.error().message;
    if (*loss == Loss::refused || attempt == options_.attempts) co_return drop(*loss, spans, what);
    const auto until = Executor::current()->now() + pause_after(attempt, answer);
    if (stop.stopping() && until >= end_by_.load()) co_return drop(Loss::shutdown, spans, what);
    // A stop ends the pause: there may not be another chance.
    if (stop.stopping())
      co_await sleep_until(until);
    else
      co_await stop.sleep_for(std::chrono::ceil<milliseconds>(until - Executor::current()->now()));
  }
}

std::optional<OtlpExporter::Loss> OtlpExporter::loss_of(const Result<http::OutsideAnswer>& answer) const {
  if (!answer) return Loss::unreachable;
  if (answer->status >= 200 && answer->status < 300) return std::nullopt;
  return may_be_tried_again(answer->status) ? Loss::unreachable : Loss::refused;
}

/// Twice as long each time and cut by up to a half by chance, so that the processes do not come together.
milliseconds OtlpExporter::pause_after(int attempt, const Result<http::OutsideAnswer>& answer) {
  const auto longest = std::min(options_.first_pause * (1 << std::min(attempt - 1, 10)), longest_pause);
  const milliseconds pause{random_.between(longest.count() / 2, longest.count())};
  const auto asked = answer ? parse_retry_after(answer->retry_after) : std::nullopt;
  return std::max(pause, milliseconds{asked.value_or(seconds{0})});
}

void OtlpExporter::drop(Loss why, std::size_t spans, std::string_view details) {
  dropped_[static_cast<std::size_t>(why)]->add(static_cast<double>(spans));
  const auto now = Executor::current()->now();
  if (noted_at_ != MonotonicTime::min() && now - noted_at_ < note_interval) return;
  noted_at_ = now;
  spdlog::warn("traces are lost, {} spans just now: {}", spans,
               details.empty() ? "the process stops" : details);
}

}  // namespace cloudcart::otlp
