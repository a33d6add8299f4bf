#include "load/response_parser.h"

#include <vector>

#include <gtest/gtest.h>

namespace cloudcart::load {
namespace {

using State = ResponseParser::State;

const std::string created =
    "HTTP/1.1 201 Created\r\nDate: Mon, 02 Mar 2026 10:00:00 GMT\r\ncontent-LENGTH:  11 \r\n"
    "Connection: keep-alive\r\n\r\n{\"id\":\"17\"}";
const std::string nothing = "HTTP/1.1 204 No Content\r\nETag: \"x\"\r\n\r\n";
const std::string unchanged = "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n";
const std::string refused =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy";
const std::string empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

struct Answer {
  int status;
  std::uint64_t body_bytes;
  bool keeps_open;
  std::string error_text;
  bool operator==(const Answer&) const = default;
};

/// What comes out of `pieces`, pushed one after the other.
std::vector<Answer> read(const std::vector<std::string_view>& pieces) {
  ResponseParser parser;
  std::vector<Answer> answers;
  for (auto piece : pieces) {
    while (!piece.empty()) {
      const auto [state, used] = parser.push(piece);
      EXPECT_NE(state, State::broken) << parser.reason();
      if (state == State::broken) return answers;
      piece.remove_prefix(used);
      if (state == State::done)
        answers.push_back({parser.status(), parser.body_bytes(), parser.keeps_open(), parser.error_text()});
    }
  }
  EXPECT_FALSE(parser.in_answer());
  return answers;
}

std::string reason_for(std::string_view bytes) {
  ResponseParser parser;
  return parser.push(bytes).state == State::broken ? std::string{parser.reason()} : "";
}

TEST(ResponseParserTest, ReadsTheSameWhereverTheBytesAreSplit) {
  const std::string all = created + nothing + unchanged + refused + empty;
  const std::vector<Answer> expected{{201, 11, true, ""},
                                     {204, 0, true, ""},
                                     {304, 0, true, ""},
                                     {503, 4, false, "busy"},
                                     {200, 0, true, ""}};
  const std::string_view bytes = all;
  EXPECT_EQ(read({bytes}), expected);
  for (std::size_t first = 0; first <= bytes.size(); ++first)
    for (std::size_t second = first; second <= bytes.size(); second += 7)
      ASSERT_EQ(read({bytes.substr(0, first), bytes.substr(first, second - first), bytes.substr(second)}),
                expected)
          << first << ", " << second;
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
  EXPECT_EQ(read(single), expected);
}

TEST(ResponseParserTest, PassesOverInterimAnswers) {
  const std::string all = "HTTP/1.1 100 Continue\r\n\r\n" + created;
  for (std::size_t split = 0; split <= all.size(); ++split) {
    const std::string_view bytes = all;
    ASSERT_EQ(read({bytes.substr(0, split), bytes.substr(split)}), (std::vector<Answer>{{201, 11, true, ""}}))
        << split;
  }
}

TEST(ResponseParserTest, StopsAtTheEndOfAnAnswer) {
  ResponseParser parser;
  const auto progress = parser.push(empty + "HTTP/1.1 2");
  EXPECT_EQ(progress.state, State::done);
  EXPECT_EQ(progress.used, empty.size());
}

TEST(ResponseParserTest, OldServersCloseUnlessTheySayOtherwise) {
  ResponseParser parser;
  parser.push("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_FALSE(parser.keeps_open());
  parser.push("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n");
  EXPECT_TRUE(parser.keeps_open());
}

TEST(ResponseParserTest, SaysWhyItCannotReadAnAnswer) {
  EXPECT_NE(reason_for("SSH-2.0-OpenSSH\r\n\r\n").find("status line"), std::string::npos);
  EXPECT_NE(reason_for("HTTP/1.1 20 OK\r\n\r\n").find("status line"), std::string::npos);
  EXPECT_NE(reason_for("HTTP/1.1 2000 OK\r\n\r\n").find("status line"), std::string::npos);
  EXPECT_NE(reason_for("HTTP/2.0 200 OK\r\n\r\n").find("status line"), std::string::npos);
  EXPECT_NE(reason_for("HTTP/1.1 200 OK\r\n\r\n").find("no Content-Length"), std::string::npos);
  EXPECT_NE(reason_for("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").find("Transfer-Encoding"),
            std::string::npos);
  for (const std::string length : {"", "-1", "1x", "99999999999999999999", "2\r\nContent-Length: 3"})
    EXPECT_NE(reason_for("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n").find("Content-Length"),
              std::string::npos)
        << length;
  EXPECT_NE(reason_for("HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n").find("CR LF"), std::string::npos);
  EXPECT_NE(reason_for("HTTP/1.1 200 OK\r\nno field\r\n\r\n").find("no field"), std::string::npos);
  EXPECT_NE(reason_for("HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x')).find("64 KiB"),
            std::string::npos);
}

TEST(ResponseParserTest, AHeadInSmallPiecesHasABoundToo) {
  ResponseParser parser;
  parser.push("HTTP/1.1 200 OK\r\nX: ");
  auto state = State::needs_more;
  for (int i = 0; i < 70 && state == State::needs_more; ++i)
    state = parser.push(std::string(1000, 'x')).state;
  EXPECT_EQ(state, State::broken);
  EXPECT_EQ(parser.push(empty).state, State::broken) << "until it is reset";
  parser.reset();
  EXPECT_EQ(parser.push(empty).state, State::done);
}

TEST(ResponseParserTest, KeepsOnlyTheBeginningOfAnErrorsBody) {
  ResponseParser parser;
  const std::string body(5000, 'e');
  const auto progress = parser.push("HTTP/1.1 500 X\r\nContent-Length: 5000\r\n\r\n" + body);
  EXPECT_EQ(progress.state, State::done);
  EXPECT_EQ(parser.error_text(), std::string(400, 'e'));
  parser.push(empty);
  EXPECT_EQ(parser.error_text(), "");
}

}  // namespace
}  // namespace cloudcart::load
