#include "http/request_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cloudcart::http {
namespace {

constexpr RequestLimits small_limits{.head_bytes = 1024, .target_bytes = 100, .fields = 8, .body_bytes = 20};

struct Read {
  std::optional<Request> request;
  std::optional<Error> error;
  std::size_t taken = 0;
  bool kept = false;
};

/// Feeds `text` in pieces of `step` bytes, as a connection brings them.
Read read(std::string_view text, std::size_t step, const RequestLimits& limits = small_limits) {
  RequestParser parser(limits);
  Read outcome;
  for (std::size_t come = std::min(step, text.size());; come = std::min(come + step, text.size())) {
    auto taken = parser.put(text.substr(outcome.taken, come - outcome.taken));
    if (!taken) {
      outcome.error = taken.error();
      return outcome;
    }
    outcome.taken += *taken;
    if (parser.is_done()) {
      outcome.kept = parser.keeps_connection();
      outcome.request = parser.take();
      return outcome;
    }
    if (come == text.size()) return outcome;
  }
}

void expect_error(std::string_view text, ErrorCode code) {
  for (const std::size_t step : {1UZ, 7UZ, 100'000UZ}) {
    const auto outcome = read(text, step);
    ASSERT_TRUE(outcome.error) << "taken in pieces of " << step << ": " << text.substr(0, 200);
    EXPECT_EQ(outcome.error->code, code) << text.substr(0, 200) << "\n" << outcome.error->message;
  }
}

/// Answers the request, which is the same in whatever pieces it comes.
Read expect_request(std::string_view text) {
  const auto whole = read(text, 100'000);
  EXPECT_TRUE(whole.request) << text << "\n" << (whole.error ? whole.error->message : "is not complete");
  for (const std::size_t step : {1UZ, 2UZ, 3UZ, 13UZ}) {
    const auto again = read(text, step);
    if (!again.request || !whole.request) {
      ADD_FAILURE() << text << " in pieces of " << step;
      continue;
    }
    EXPECT_EQ(again.request->target, whole.request->target);
    EXPECT_EQ(again.request->body, whole.request->body);
    EXPECT_EQ(again.taken, whole.taken);
    EXPECT_EQ(again.request->headers.fields().size(), whole.request->headers.fields().size());
  }
  return whole;
}

constexpr std::string_view host = "Host: shop.example\r\n";

std::string post(std::string_view fields, std::string_view body) {
  return std::string{"POST /x HTTP/1.1\r\n"}.append(host).append(fields).append("\r\n").append(body);
}

TEST(RequestParser, ReadsHeadAndBody) {
  const auto outcome =
      expect_request(post("X-A:  b c\t \r\nx-a: \r\nContent-Length: 5\r\n", "hello, and more"));
  const auto& request = *outcome.request;
  EXPECT_EQ(request.method, Method::post);
  EXPECT_EQ(request.target, "/x");
  EXPECT_EQ(request.body, "hello");
  ASSERT_EQ(request.headers.fields().size(), 4U);
  EXPECT_EQ(request.headers.find("X-A"), "b c");
  EXPECT_EQ(request.headers.fields()[2].value, "");
  EXPECT_EQ(outcome.taken, post("X-A:  b c\t \r\nx-a: \r\nContent-Length: 5\r\n", "hello").size());
  EXPECT_TRUE(outcome.kept);
}

TEST(RequestParser, TrailersHaveABoundHoweverTheyFillIt) {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
  for (const std::size_t size : {8'100, 8'180, 8'187, 8'188, 8'189, 8'190, 8'191, 9'000}) {
    const auto filled = head + "a:" + std::string(size, 'x') + "\r\n";
    expect_error(filled + "b:" + std::string(200, 'y'), ErrorCode::malformed_request);
  }
}

TEST(RequestParser, ReadsChunksAndDropsTrailers) {
  const auto outcome =
      expect_request(post("Transfer-Encoding: Chunked\r\n",
                          "5\r\nhello\r\n00a;name=value;other\r\n0123456789\r\n0\r\nHost: evil\r\n"
                          "Authorization: Bearer x\r\n\r\nGET"));
  EXPECT_EQ(outcome.request->body, "hello0123456789");
  EXPECT_EQ(outcome.request->headers.find("Host"), "shop.example");
  EXPECT_FALSE(outcome.request->headers.find("Authorization"));
}

TEST(RequestParser, TakesWhatIsUnusualAndClear) {
  expect_request("\r\nGET /a?b=%7Bc%7D&d[]={e} HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n");
  expect_request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
  expect_request("GET / HTTP/1.0\r\n\r\n");
  expect_request(post("Content-Length: 0\r\nUpgrade: websocket\r\n", ""));
  expect_request(post("Content-Length: 2\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n", "ab"));
  // Text that is not ASCII means nothing here, and is what it is.
  EXPECT_EQ(expect_request(post("X-City: Z\xC3\xBCrich\r\n", "")).request->headers.find("X-City"),
            "Z\xC3\xBCrich");
  const auto unknown = expect_request("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(unknown.request->method, Method::other);
}

TEST(RequestParser, KnowsWhetherTheConnectionGoesOn) {
  const auto kept = [](std::string_view version, std::string_view fields) {
    return expect_request(fmt::format("GET / {}\r\nHost: a\r\n{}\r\n", version, fields)).kept;
  };
  EXPECT_TRUE(kept("HTTP/1.1", ""));
  EXPECT_FALSE(kept("HTTP/1.1", "Connection: x, Close\r\n"));
  EXPECT_FALSE(kept("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  EXPECT_FALSE(kept("HTTP/1.0", ""));
  EXPECT_TRUE(kept("HTTP/1.0", "Connection: Keep-Alive\r\n"));
}

TEST(RequestParser, WaitsForWhoIsAskedToGoOn) {
  RequestParser parser(small_limits);
  ASSERT_TRUE(parser.put(post("Content-Length: 2\r\nExpect: 100-Continue\r\n", "")));
  EXPECT_TRUE(parser.expects_continue());
  RequestParser nothing_to_come(small_limits);
  ASSERT_TRUE(nothing_to_come.put(post("Content-Length: 0\r\nExpect: 100-continue\r\n", "")));
  EXPECT_FALSE(nothing_to_come.expects_continue());
}

TEST(RequestParser, RefusesWhatOthersMayReadDifferently) {
  using namespace std::string_view_literals;
  const std::string shapes[] = {
      post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "0\r\n\r\n"),
      post("Content-Length: 2\r\nContent-Length: 3\r\n", "abc"),
      post("Content-Length: 2\r\nContent-Length: 2\r\n", "ab"),
      post("Content-Length: 2, 2\r\n", "ab"),
      post("Content-Length: +2\r\n", "ab"),
      post("Content-Length: -2\r\n", "ab"),
      post("Content-Length: 0x2\r\n", "ab"),
      post("Content-Length: 2 \v\r\n", "ab"),
      post("Content-Length:\r\n", "ab"),
      post("Content-Length: 99999999999999999999999\r\n", "ab"),
      post("Content-Length : 2\r\n", "ab"),
      post("Content-Length\t: 2\r\n", "ab"),
      post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: identity\r\n", ""),
      post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding: x chunked\r\n", "0\r\n\r\n"),
      post("Transfer-Encoding:\r\n", ""),
      "POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      post("Host: other\r\n", ""),
      post("Host: shop.example\r\n", ""),
      "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost:\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
      "GET / HTTP/1.1\nHost: a\n\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: b\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: b\rY: c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n\rX: y\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n",
      "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
      std::string{"GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n"sv},
      "GET / HTTP/1.1\r\nHost: a\r\nX: b\x01\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX: b\x7F\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX\xC3\xA4: b\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: a\r\nX[]: b\r\n\r\n",
      "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET http://shop.example/ HTTP/1.1\r\nHost: a\r\n\r\n",
      "CONNECT shop.example:443 HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET x HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /  HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /\xC3\xA4 HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.2\r\nHost: a\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: a\r\n\r\n",
      "GET / http/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
      "GET /\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
      "\x16\x03\x01\x02",
      post("Expect: 200-ok\r\nContent-Length: 2\r\n", "ab"),
      post("Upgrade: websocket\r\nContent-Length: 2\r\n", "ab"),
      post("Upgrade: h2c, WebSocket\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
  };
  for (const auto& shape : shapes) expect_error(shape, ErrorCode::malformed_request);
}

TEST(RequestParser, RefusesChunksThatOthersMayReadDifferently) {
  const auto chunked = [](std::string_view body) { return post("Transfer-Encoding: chunked\r\n", body); };
  for (const std::string_view body : {"zz\r\n{}\r\n0\r\n\r\n",
                                      "\r\n",
                                      "-1\r\n",
                                      "+1\r\na\r\n",
                                      "0x1\r\na\r\n",
                                      " 1\r\na\r\n",
                                      "1 \r\na\r\n",
                                      "1\na\r\n",
                                      "1;x\na\r\n",
                                      "1;x\ry\r\na\r\n",
                                      "1;\x01\r\na\r\n",
                                      "1\r\nab\r\n",
                                      "2\r\na\r\n0\r\n\r\n",
                                      "1\r\na\n0\r\n",
                                      "1000000000000000000\r\n",
                                      "0000000000000000\r\n",
                                      "1,a\r\na\r\n",
                                      "1\r\na\r\n0\r\nno colon\r\n\r\n",
                                      "1\r\na\r\n0\r\n X: folded\r\n\r\n",
                                      "1\r\na\r\n0\r\nX: y\n\r\n"})
    expect_error(chunked(body), ErrorCode::malformed_request);
  expect_error(chunked("1;" + std::string(300, 'x') + "\r\na\r\n"), ErrorCode::malformed_request);
  expect_error(chunked("1\r\na\r\n0\r\nX: " + std::string(9000, 'x') + "\r\n\r\n"),
               ErrorCode::malformed_request);
}

TEST(RequestParser, RefusesWhatIsTooLarge) {
  expect_error("GET /" + std::string(100, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", ErrorCode::uri_too_long);
  // As soon as it is known.
  expect_error("GET /" + std::string(200, 'a'), ErrorCode::uri_too_long);
  expect_error(post("X: " + std::string(2000, 'x'), ""), ErrorCode::headers_too_large);
  expect_error(post("A:\r\nB:\r\nC:\r\nD:\r\nE:\r\nF:\r\nG:\r\nH:\r\n", ""), ErrorCode::headers_too_large);
  expect_error(post("Content-Length: 21\r\n", ""), ErrorCode::payload_too_large);
  expect_error(post("Transfer-Encoding: chunked\r\n", "15\r\n"), ErrorCode::payload_too_large);
  expect_error(post("Transfer-Encoding: chunked\r\n", "14\r\n" + std::string(20, 'x') + "\r\n1\r\n"),
               ErrorCode::payload_too_large);
  expect_request(post("Content-Length: 20\r\n", std::string(20, 'x')));
  expect_request("GET /" + std::string(99, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n");
}

}  // namespace
}  // namespace cloudcart::http
