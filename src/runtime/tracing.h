#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/trace_context.h"
#include "runtime/task.h"

/// Spans of distributed traces, in the terms of OpenTelemetry. What a task does is part of the span that the task was
/// given, or else of that of the task that awaits it: the pointer to it travels with co_await from promise to promise, over
/// threads as well. It is no thread's property, which a coroutine would leave behind at its first wait.
///
///     Span span(co_await current_span(), SpanKind::client, "COMMIT");
///     auto answer = co_await within(span, send(...));
///
/// Where nothing is recorded, which is so nearly always, a Span is some words on the stack.
namespace cloudcart {

enum class SpanKind : std::uint8_t {
  internal = 1,
  server,
  client,
  producer,
  consumer
};  ///< as OTLP numbers them

struct SpanAttribute {
  std::string_view key;  ///< a literal
  std::variant<std::string, std::int64_t> value;
};

/// A span that has ended.
struct SpanRecord {
  std::string_view service;  ///< a literal
  TraceContext context;
  SpanId parent = 0;  ///< 0: the first of its trace
  std::string tracestate;
  SpanKind kind = SpanKind::internal;
  std::string name;
  std::int64_t began_at = 0;  ///< Unix time in nanoseconds
  std::int64_t ended_at = 0;
  bool has_failed = false;
  std::vector<SpanAttribute> attributes;
  std::vector<TraceContext> links;
};

/// Where spans go.
class SpanSink {
 public:
  virtual ~SpanSink() = default;
  /// From any thread; never waits for anything. What there is no room for is dropped.
  virtual void record(SpanRecord span) noexcept = 0;
};

struct SamplingOptions {
  double ratio = 0;  ///< of the requests that nobody has decided about: 0 to 1
  /// Traces a second that strangers get recorded by asking for it with the flag of their traceparent, whatever the ratio.
  double asked_per_second = 1;
};

/// Who says in which trace a request is.
enum class TraceCaller : std::uint8_t {
  stranger,  ///< may name the trace; does not decide whether it is recorded
  service,   ///< of this platform: has decided
};

/// Decides at the head of a trace whether it is recorded (head sampling, parent-based). Safe between threads.
class Sampler {
 public:
  explicit Sampler(SamplingOptions options) : options_(options), tokens_(options.asked_per_second) {}

  bool samples(const TraceContext* parent, TraceCaller caller, MonotonicTime now);

 private:
  bool takes_token(MonotonicTime now);

  const SamplingOptions options_;
  std::mutex mutex_;  ///< of all below; taken for strangers who ask only
  double tokens_;
  MonotonicTime filled_at_{};
};

/// What the spans of a process have in common.
class Tracing {
 public:
  Tracing(SpanSink& sink, const Clock& clock, SamplingOptions options)
      : sink_(sink), clock_(clock), sampler_(options) {
    set_wall_clock();
  }

  /// Spans are timed by the monotonic clock. Called now and then, so that their times follow the system's.
  void set_wall_clock();
  std::int64_t unix_nanoseconds(MonotonicTime time) const {
    return time.time_since_epoch() / std::chrono::nanoseconds{1} + offset_.load(std::memory_order_relaxed);
  }

  SpanSink& sink() const { return sink_; }
  const Clock& clock() const { return clock_; }
  Sampler& sampler() { return sampler_; }

 private:
  SpanSink& sink_;
  const Clock& clock_;
  Sampler sampler_;
  std::atomic<std::int64_t> offset_{0};
};

/// Makes the spans of one service.
class Tracer {
 public:
  /// `service`: a literal.
  Tracer(Tracing& tracing, std::string_view service) : tracing_(tracing), service_(service) {}

  Tracing& tracing() const { return tracing_; }
  std::string_view service() const { return service_; }

 private:
  Tracing& tracing_;
  const std::string_view service_;
};

/// Something that takes time, from its construction to its destruction; or nothing, when it is not recorded. Used by one
/// task at a time; those who run within it may read it from any thread.
class Span {
 public:
  /// Nothing, unless it joins a trace.
  Span() = default;
  /// As join() has it.
  Span(const Tracer& tracer, const TraceContext* parent, bool sampled, SpanKind kind, std::string_view name,
       MonotonicTime began_at) {
    join(tracer, parent, sampled, kind, name, began_at);
  }
  /// A part of `parent`; nothing if that is null or not recorded. The parent outlives it.
  Span(const Span* parent, SpanKind kind, std::string_view name);
  /// The same, done by another service in this process; `tracer` may be null.
  Span(const Span* parent, const Tracer* tracer, SpanKind kind, std::string_view name);
  ~Span();
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  /// To be called once, on nothing: it is the first span here of a trace that others have begun, or that begins here. It is
  /// recorded if `sampled`; if not, its context tells those who are called from here so.
  void join(const Tracer& tracer, const TraceContext* parent, bool sampled, SpanKind kind,
            std::string_view name, MonotonicTime began_at);

  /// Its own; of a span that is not recorded the one that it is part of; not valid where there is no trace.
  const TraceContext& context() const { return context_; }
  const std::string& tracestate() const { return tracestate_; }
  bool is_recorded() const { return record_ != nullptr; }

  void set_tracestate(std::string state) { tracestate_ = std::move(state); }

  /// All of these do nothing when it is not recorded. No attribute holds anything personal: see docs/TRACING.md.
  void set_name(std::string_view name);
  void set(std::string_view key, std::string_view value);
  void set(std::string_view key, std::integral auto value) {
    set_number(key, static_cast<std::int64_t>(value));
  }
  /// It did not do what it was to do; `type` tells failures apart and is one of few words.
  void fail(std::string_view type);
  void add_link(const TraceContext& context);

 private:
  void begin(SpanKind kind, std::string_view name, SpanId parent, MonotonicTime at);
  void set_number(std::string_view key, std::int64_t value);

  TraceContext context_;
  const Tracer* tracer_ = nullptr;
  MonotonicTime began_at_{};
  std::string tracestate_;
  std::unique_ptr<SpanRecord> record_;
};

namespace detail {
struct CurrentSpan {
  const Span* span = nullptr;
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> awaiting) noexcept {
    if constexpr (std::is_base_of_v<TaskPromiseBase, Promise>) span = awaiting.promise().span;
    return false;
  }
  const Span* await_resume() const noexcept { return span; }
};
}  // namespace detail

/// What the awaiting task is part of; null for nothing.
inline auto current_span() {
  return detail::CurrentSpan{};
}

/// `task` as a part of `span`, if that is in a trace; to be awaited while the span is there.
template <class T>
Task<T> within(const Span& span, Task<T> task) {
  if (span.context().is_valid()) task.set_span(span);
  return task;
}
/// The same; null is nothing. For tasks that are start()ed, which would be part of nothing.
template <class T>
Task<T> within(const Span* span, Task<T> task) {
  if (span) task.set_span(*span);
  return task;
}

/// A random one, which nobody can foretell.
SpanId new_span_id();

}  // namespace cloudcart
