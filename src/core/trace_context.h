#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cloudcart {

struct TraceId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const TraceId&) const = default;
};
using SpanId = std::uint64_t;

/// 32 and 16 lower-case hexadecimal digits.
std::string to_text(const TraceId& id);
std::string to_text(SpanId id);

/// Where in which trace something happens (W3C Trace Context level 1, https://www.w3.org/TR/trace-context-1/).
struct TraceContext {
  TraceId trace;         ///< 0: there is none
  SpanId span = 0;       ///< what is under way; the parent of what follows
  bool sampled = false;  ///< spans of this trace are recorded

  bool is_valid() const { return trace != TraceId{} && span != 0; }
  bool operator==(const TraceContext&) const = default;
};

/// The value of a header `traceparent`. Nullopt for what section 3.2 calls invalid: anything but version, trace id, parent id
/// and flags as lower-case hexadecimal digits of the right number, ids of zeros alone, version ff, and anything behind the
/// flags where the version is 00. What later versions put there is left out, and so are flags that are not known.
std::optional<TraceContext> parse_traceparent(std::string_view text);
/// In version 00.
std::string to_traceparent(const TraceContext& context);

/// Whether the value of a header `tracestate` is one by the grammar of section 3.3, of 32 members and 512 bytes at most.
bool is_tracestate(std::string_view text);

}  // namespace cloudcart
