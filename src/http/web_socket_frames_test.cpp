#include "http/web_socket_frames.h"

#include <random>

#include <gtest/gtest.h>

#include "support/fake_connection.h"

namespace cloudcart::http {
namespace {

using namespace std::string_literals;
using test::client_frame;
using test::client_text;

/// What a reader makes of `bytes`, fed `step` at a time: "text:…|ping:…|!1002".
std::string read(std::string_view bytes, std::size_t step = std::string::npos, std::size_t bound = 4096) {
  FrameReader reader(bound);
  std::string seen;
  for (std::size_t at = 0; at < bytes.size(); at += std::min(step, bytes.size() - at)) {
    reader.feed(bytes.substr(at, step));
    for (;;) {
      const auto message = reader.next();
      if (!message) return seen + "!" + std::to_string(static_cast<int>(message.error().code));
      if (!*message) break;
      const auto opcode = (*message)->opcode;
      seen += opcode == Opcode::text ? "text:" : opcode == Opcode::ping ? "ping:" : "other:";
      seen += (*message)->payload + "|";
    }
  }
  return seen;
}

TEST(FrameReaderTest, ReadsMessagesHoweverTheirBytesCome) {
  const auto bytes = client_text("Käse") + client_text("") + client_text(std::string(300, 'x'));
  const auto expected = "text:Käse|text:|text:" + std::string(300, 'x') + "|";
  for (const std::size_t step : {std::string::npos, 1uz, 2uz, 7uz, 64uz})
    EXPECT_EQ(read(bytes, step), expected);
}

TEST(FrameReaderTest, PutsFragmentsTogetherWithControlFramesBetween) {
  const auto bytes = client_frame(1, "K\xC3", false) + client_frame(9, "?") +
                     client_frame(0, "\xA4s", false) + client_frame(0, "e");
  EXPECT_EQ(read(bytes, 3), "ping:?|text:Käse|");
}

TEST(FrameReaderTest, RefusesWhatBreaksTheProtocol) {
  const auto masked = "\x81\x80mask"s;
  EXPECT_EQ(read("\x81\x01x"), "!1002") << "not masked";
  EXPECT_EQ(read("\xC1\x80mask"), "!1002") << "reserved bit";
  EXPECT_EQ(read(client_frame(3, "")), "!1002") << "unknown opcode";
  EXPECT_EQ(read(client_frame(0, "x")), "!1002") << "continues nothing";
  EXPECT_EQ(read(client_frame(1, "x", false) + client_text("y")), "!1002") << "begins before the end";
  EXPECT_EQ(read(client_frame(9, "x", false)), "!1002") << "fragmented control frame";
  EXPECT_EQ(read(client_frame(9, std::string(126, 'x'))), "!1002") << "long control frame";
  EXPECT_EQ(read("\x81\xFE\x00\x05mask....."s), "!1002") << "length in more bytes than it needs";
  EXPECT_EQ(read("\x81\xFF\x80\0\0\0\0\0\0\x01"s), "!1009") << "length beyond all bounds";
  EXPECT_EQ(read(client_frame(2, "x")), "!1003") << "binary";
  EXPECT_EQ(read(client_text("\xC3(")), "!1007") << "no UTF-8";
  EXPECT_EQ(read(masked), "text:|");
}

TEST(FrameReaderTest, ASizeBeyondTheBoundIsRefusedByTheHead) {
  EXPECT_EQ(read(client_text(std::string(200, 'x')), 4096, 200), "text:" + std::string(200, 'x') + "|");
  EXPECT_EQ(read(client_text(std::string(201, 'x')).substr(0, 4), 4096, 200), "!1009");
  EXPECT_EQ(
      read(client_frame(1, std::string(150, 'x'), false) + client_frame(0, std::string(51, 'x')), 4096, 200),
      "!1009");
}

TEST(FrameReaderTest, ReadsDamagedFramesTheSameHoweverTheyComeAndHoldsNoMoreThanItMay) {
  std::mt19937 chance(7);
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = client_frame(1, std::string(chance() % 40, 'x'), chance() % 2 == 0) + client_frame(9, "?") +
                 client_frame(0, std::string(chance() % 40, 'y')) + client_text("z");
    for (auto damages = chance() % 4; damages > 0; --damages)
      bytes[chance() % bytes.size()] = static_cast<char>(chance());
    const auto whole = read(bytes, std::string::npos, 60);
    ASSERT_EQ(read(bytes, 1 + chance() % 5, 60), whole) << "round " << round;
    for (std::size_t at = 0, end; (end = whole.find('|', at)) != std::string::npos; at = end + 1)
      ASSERT_LE(end - at, 200u);
  }
}

TEST(FrameTest, AServersFramesNameTheirLengthInTheShortestForm) {
  EXPECT_EQ(frame_of(Opcode::text, "ab"),
            "\x81\x02"
            "ab");
  EXPECT_EQ(frame_of(Opcode::text, std::string(126, 'x')).substr(0, 4), "\x81\x7E\x00\x7E"s);
  EXPECT_EQ(frame_of(Opcode::text, std::string(65'536, 'x')).substr(0, 10), "\x81\x7F\0\0\0\0\0\x01\0\0"s);
}

TEST(FrameBoundaryTest, KnowsWhereFramesEnd) {
  const auto short_frame = frame_of(Opcode::text, "ab"), empty = frame_of(Opcode::ping, "");
  const auto long_frame = frame_of(Opcode::text, std::string(70'000, 'x'));
  for (const std::size_t step : {1uz, 3uz, 1000uz}) {
    FrameBoundary boundary;
    std::size_t begin = 0, ended = 0;
    EXPECT_TRUE(boundary.is_between_frames());
    for (const auto& frame : {short_frame, empty, long_frame, short_frame}) {
      for (std::size_t at = 0; at < frame.size(); at += step) {
        boundary.pass(std::string_view{frame}.substr(at, step));
        const bool is_whole = at + step >= frame.size();
        ASSERT_EQ(boundary.is_between_frames(), is_whole) << begin << " " << at;
        ended += is_whole;
      }
      begin += frame.size();
    }
    EXPECT_EQ(ended, 4u);
  }
  FrameBoundary boundary;
  boundary.pass(short_frame + long_frame + empty + short_frame.substr(0, 3));
  EXPECT_FALSE(boundary.is_between_frames());
}

TEST(CloseFrameTest, OnlyCodesThatMayBeSentAreTaken) {
  const auto payload = [](int code, std::string reason = {}) {
    return std::string{static_cast<char>(code >> 8), static_cast<char>(code)} + reason;
  };
  EXPECT_EQ(parse_close(payload(1000, "bye")).value(), (Closing{CloseCode::normal, "bye"}));
  EXPECT_EQ(parse_close("").value().code, CloseCode::no_status);
  EXPECT_TRUE(parse_close(payload(3000)));
  EXPECT_TRUE(parse_close(payload(4999)));
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 2999, 5000})
    EXPECT_EQ(parse_close(payload(code)).error().code, CloseCode::protocol_error) << code;
  EXPECT_EQ(parse_close("x").error().code, CloseCode::protocol_error);
  EXPECT_EQ(parse_close(payload(1000, "\xFF")).error().code, CloseCode::invalid_payload);
  EXPECT_EQ(close_frame_of({CloseCode::going_away, "so"}), "\x88\x04\x03\xE9so");
  EXPECT_EQ(close_frame_of({CloseCode::no_status, {}}), "\x88\0"s);
}

}  // namespace
}  // namespace cloudcart::http
