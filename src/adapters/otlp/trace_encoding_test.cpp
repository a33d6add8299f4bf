#include "adapters/otlp/trace_encoding.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace cloudcart::otlp {
namespace {

SpanRecord sample_span() {
  SpanRecord span{.service = "order",
                  .context = {.trace = {0x0af7651916cd43dd, 0x8448eb211c80319c},
                              .span = 0xb7ad6b7169203331,
                              .sampled = true},
                  .parent = 0x00f067aa0ba902b7,
                  .tracestate = "a=1",
                  .kind = SpanKind::server,
                  .name = "POST /api/orders",
                  .began_at = 1'700'000'000'000'000'001,
                  .ended_at = 1'700'000'000'123'456'789,
                  .has_failed = true};
  span.attributes.push_back({"http.request.method", "POST"});
  span.attributes.push_back({"http.response.status_code", std::int64_t{503}});
  span.attributes.push_back({"below.zero", std::int64_t{-1}});
  span.links.push_back({.trace = {1, 255}, .span = 3, .sampled = true});
  return span;
}

/// What the official classes (Python's opentelemetry-proto 1.45.2) write for the same span.
constexpr std::string_view golden =
    "0aa7020a330a170a0c736572766963652e6e616d6512070a056f726465720a180a0f736572766963652e76657273696f"
    "6e12050a03312e3212ef010a100a09636c6f7564636172741203312e3212da010a100af7651916cd43dd8448eb211c80"
    "319c1208b7ad6b71692033311a03613d31220800f067aa0ba902b72a10504f5354202f6170692f6f7264657273300239"
    "01002a36fe9c97174115cd853dfe9c97174a1d0a13687474702e726571756573742e6d6574686f6412060a04504f5354"
    "4a200a19687474702e726573706f6e73652e7374617475735f636f6465120318f7034a190a0a62656c6f772e7a65726f"
    "120b18ffffffffffffffffff016a210a10000000000000000100000000000000ff120800000000000000033501000000"
    "7a021802850101000000";

TEST(TraceEncoding, IsThatOfProtocolBuffers) {
  const auto span = sample_span();
  EXPECT_EQ(hex_encode(encode_traces(std::span(&span, 1), {{"service.version", "1.2"}}, "1.2")), golden);
}

TEST(TraceEncoding, HasAResourceForEachService) {
  std::vector spans{sample_span(), sample_span(), sample_span()};
  spans[1].service = "product";
  const auto bytes = encode_traces(spans, {}, "1.2");
  const auto count = [&](std::string_view text) {
    std::size_t found = 0;
    for (auto at = bytes.find(text); at != std::string::npos; at = bytes.find(text, at + 1)) ++found;
    return found;
  };
  EXPECT_EQ(count("service.name"), 2U);
  EXPECT_EQ(count("POST /api/orders"), 3U);
}

TEST(TraceEncoding, TextThatIsNotUtf8IsLeftOut) {
  auto span = sample_span();
  span.name = "\xFF";
  span.attributes = {{"key", "\xC3"}};
  const auto bytes = encode_traces(std::span(&span, 1), {}, "");
  EXPECT_EQ(bytes.find("\x01\xFF"), std::string::npos);
  EXPECT_EQ(bytes.find("\x01\xC3"), std::string::npos);
}

}  // namespace
}  // namespace cloudcart::otlp
