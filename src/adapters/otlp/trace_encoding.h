#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime/tracing.h"

namespace cloudcart::otlp {

/// What is told of a process beside the service's name: attributes of OpenTelemetry, each with its value.
using Resource = std::vector<std::pair<std::string, std::string>>;

/// An ExportTraceServiceRequest (opentelemetry-proto 1.x, collector/trace/v1/trace_service.proto) in the encoding of Protocol
/// Buffers, with a ResourceSpans for each service. Written by hand: it takes three of the wire's types and a dozen of
/// fields, and no generator, library or second copy of the spans.
std::string encode_traces(std::span<const SpanRecord> spans, const Resource& resource,
                          std::string_view version);

}  // namespace cloudcart::otlp
