#pragma once

#include <optional>
#include <string>

#include "http/message.h"
#include "runtime/tracing.h"

namespace cloudcart::http {

/// The trace that a request says it is part of: of a single valid traceparent. Several are none (W3C Trace Context, 4.3).
std::optional<TraceContext> trace_of(const Headers& headers);
/// The tracestate of a request whose traceparent is valid, of all its fields together; "" when that is none.
std::string tracestate_of(const Headers& headers);

/// Names the span after the route, and tells of the request what may be told: see docs/TRACING.md. To be called once it is
/// known which route that is.
void describe_request(Span& span, const Request& request, bool tls);
void describe_answer(Span& span, int status);

/// `path` with REDACTED for each segment that is neither the route's own word nor an id of this platform: what else
/// stands there somebody has typed. "" without a route.
std::string shown_path(std::string_view path, const Route* route);

}  // namespace cloudcart::http
