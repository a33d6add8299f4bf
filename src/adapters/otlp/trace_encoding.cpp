#include "adapters/otlp/trace_encoding.h"

#include <algorithm>
#include <map>

#include "core/overloaded.h"
#include "core/text.h"

namespace cloudcart::otlp {
namespace {

/// Appends fields of one message (protobuf.dev/programming-guides/encoding).
class Message {
 public:
  void number(unsigned field, std::uint64_t value) {
    tag(field, 0);
    varint(value);
  }
  void fixed64(unsigned field, std::uint64_t value) {
    tag(field, 1);
    little_endian(value, 8);
  }
  void fixed32(unsigned field, std::uint32_t value) {
    tag(field, 5);
    little_endian(value, 4);
  }
  void bytes(unsigned field, std::string_view value) {
    tag(field, 2);
    varint(value.size());
    out_ += value;
  }
  /// Which has to be UTF-8: one byte that is not would make the whole request unreadable.
  void text(unsigned field, std::string_view value) { bytes(field, is_valid_utf8(value) ? value : ""); }
  void message(unsigned field, const Message& inner) { bytes(field, inner.out_); }
  void id(unsigned field, SpanId span) { bytes(field, big_endian(span)); }
  void id(unsigned field, const TraceId& trace) {
    bytes(field, big_endian(trace.high) + big_endian(trace.low));
  }

  std::string take() { return std::move(out_); }

 private:
  void tag(unsigned field, unsigned wire_type) { varint(field << 3 | wire_type); }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  void little_endian(std::uint64_t value, int size) {
    for (int i = 0; i < size; ++i) out_ += static_cast<char>(value >> (8 * i));
  }
  static std::string big_endian(std::uint64_t value) {
    std::string bytes(8, '\0');
    for (auto i = 0U; i < 8; ++i) bytes[i] = static_cast<char>(value >> (56 - 8 * i));
    return bytes;
  }

  std::string out_;
};

Message attribute(std::string_view key, const std::variant<std::string, std::int64_t>& value) {
  Message any, pair;
  std::visit(Overloaded{[&](const std::string& text) { any.text(1, text); },
                        [&](std::int64_t number) { any.number(3, static_cast<std::uint64_t>(number)); }},
             value);
  pair.text(1, key);
  pair.message(2, any);
  return pair;
}

std::uint32_t flags_of(const TraceContext& context) {
  return context.sampled ? 1 : 0;
}

Message link_to(const TraceContext& context) {
  Message link;
  link.id(1, context.trace);
  link.id(2, context.span);
  link.fixed32(6, flags_of(context));
  return link;
}

Message span_of(const SpanRecord& record) {
  constexpr std::uint64_t status_error = 2;
  Message span;
  span.id(1, record.context.trace);
  span.id(2, record.context.span);
  if (!record.tracestate.empty()) span.text(3, record.tracestate);
  if (record.parent != 0) span.id(4, record.parent);
  span.text(5, record.name);
  span.number(6, static_cast<std::uint64_t>(record.kind));
  span.fixed64(7, static_cast<std::uint64_t>(record.began_at));
  span.fixed64(8, static_cast<std::uint64_t>(record.ended_at));
  for (const auto& [key, value] : record.attributes) span.message(9, attribute(key, value));
  for (const auto& link : record.links) span.message(13, link_to(link));
  if (record.has_failed) {
    Message status;
    status.number(3, status_error);
    span.message(15, status);
  }
  span.fixed32(16, flags_of(record.context));
  return span;
}

Message resource_of(std::string_view service, const Resource& attributes) {
  Message resource;
  resource.message(1, attribute("service.name", std::string{service}));
  for (const auto& [key, value] : attributes) resource.message(1, attribute(key, value));
  return resource;
}

}  // namespace

std::string encode_traces(std::span<const SpanRecord> spans, const Resource& resource,
                          std::string_view version) {
  Message scope;
  scope.text(1, "cloudcart");
  scope.text(2, version);
  std::map<std::string_view, Message> by_service;  // of a ScopeSpans each
  for (const auto& record : spans) {
    const auto [scope_spans, is_new] = by_service.try_emplace(record.service);
    if (is_new) scope_spans->second.message(1, scope);
    scope_spans->second.message(2, span_of(record));
  }
  Message request;
  for (const auto& [service, scope_spans] : by_service) {
    Message resource_spans;
    resource_spans.message(1, resource_of(service, resource));
    resource_spans.message(2, scope_spans);
    request.message(1, resource_spans);
  }
  return request.take();
}

}  // namespace cloudcart::otlp
