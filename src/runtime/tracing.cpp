#include "runtime/tracing.h"

#include <algorithm>
#include <array>

#include "core/id_generator.h"

namespace cloudcart {
namespace {

constexpr std::size_t most_links = 128;  // OpenTelemetry's own bound

/// Not 0, which stands for none. Fetched from the system many at a time.
std::uint64_t random_word() {
  struct Pool {
    std::array<std::uint64_t, 64> words{};
    std::size_t left = 0;
  };
  thread_local Pool pool;
  for (;;) {
    if (pool.left == 0) {
      random_bytes(pool.words.data(), sizeof pool.words);
      pool.left = pool.words.size();
    }
    if (const auto word = pool.words[--pool.left]; word != 0) return word;
  }
}

bool happens(double chance) {
  if (chance <= 0) return false;
  if (chance >= 1) return true;
  return static_cast<double>(random_word() >> 11) * 0x1p-53 < chance;
}

}  // namespace

SpanId new_span_id() {
  return random_word();
}

/// By chance and not by the trace id, which strangers choose.
bool Sampler::samples(const TraceContext* parent, TraceCaller caller, MonotonicTime now) {
  // What a service asks outside of any trace, its loops do, again and again.
  if (caller == TraceCaller::service) return parent && parent->sampled;
  return happens(options_.ratio) || (parent && parent->sampled && takes_token(now));
}

bool Sampler::takes_token(MonotonicTime now) {
  const std::scoped_lock lock(mutex_);
  const std::chrono::duration<double> passed = now - std::exchange(filled_at_, std::max(now, filled_at_));
  const auto most = std::max(options_.asked_per_second, 1.0);
  tokens_ = std::min(most, tokens_ + std::max(passed.count(), 0.0) * options_.asked_per_second);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

void Tracing::set_wall_clock() {
  using std::chrono::nanoseconds;
  const auto wall = std::chrono::system_clock::now().time_since_epoch() / nanoseconds{1};
  offset_.store(wall - clock_.monotonic_now().time_since_epoch() / nanoseconds{1}, std::memory_order_relaxed);
}

void Span::join(const Tracer& tracer, const TraceContext* parent, bool sampled, SpanKind kind,
                std::string_view name, MonotonicTime began_at) {
  tracer_ = &tracer;
  context_ = {.trace = parent ? parent->trace : TraceId{random_word(), random_word()},
              .span = new_span_id(),
              .sampled = sampled};
  if (sampled) begin(kind, name, parent ? parent->span : 0, began_at);
}

Span::Span(const Span* parent, SpanKind kind, std::string_view name) : Span(parent, nullptr, kind, name) {}

Span::Span(const Span* parent, const Tracer* tracer, SpanKind kind, std::string_view name) {
  if (!parent) return;
  context_ = parent->context_;
  tracestate_ = parent->tracestate_;
  if (!parent->is_recorded()) return;
  tracer_ = tracer ? tracer : parent->tracer_;
  context_.span = new_span_id();
  begin(kind, name, parent->context_.span, tracer_->tracing().clock().monotonic_now());
}

void Span::begin(SpanKind kind, std::string_view name, SpanId parent, MonotonicTime at) {
  began_at_ = at;
  record_ = std::make_unique<SpanRecord>();
  record_->service = tracer_->service();
  record_->context = context_;
  record_->parent = parent;
  record_->kind = kind;
  record_->name = name;
}

Span::~Span() {
  if (!record_) return;
  const auto& tracing = tracer_->tracing();
  record_->tracestate = std::move(tracestate_);
  record_->began_at = tracing.unix_nanoseconds(began_at_);
  record_->ended_at = tracing.unix_nanoseconds(tracing.clock().monotonic_now());
  tracing.sink().record(std::move(*record_));
}

void Span::set_name(std::string_view name) {
  if (record_) record_->name = name;
}

void Span::set(std::string_view key, std::string_view value) {
  if (record_) record_->attributes.push_back({key, std::string{value}});
}

void Span::set_number(std::string_view key, std::int64_t value) {
  if (record_) record_->attributes.push_back({key, value});
}

void Span::fail(std::string_view type) {
  if (!record_) return;
  record_->has_failed = true;
  set("error.type", type);
}

void Span::add_link(const TraceContext& context) {
  if (record_ && record_->links.size() < most_links) record_->links.push_back(context);
}

}  // namespace cloudcart
