#include "core/trace_context.h"

#include <gtest/gtest.h>

namespace cloudcart {
namespace {

constexpr auto from_the_specification = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(Traceparent, IsReadAndWritten) {
  const auto context = parse_traceparent(from_the_specification);
  ASSERT_TRUE(context);
  EXPECT_EQ(to_text(context->trace), "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(to_text(context->span), "00f067aa0ba902b7");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(to_traceparent(*context), from_the_specification);
}

TEST(Traceparent, OfFlagsOnlySampledCounts) {
  EXPECT_FALSE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-fe")->sampled);
  EXPECT_TRUE(parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff")->sampled);
}

TEST(Traceparent, OfALaterVersionIsReadAsFarAsItIsKnown) {
  const auto longer = parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes");
  ASSERT_TRUE(longer);
  EXPECT_EQ(to_traceparent(*longer), from_the_specification);
  EXPECT_TRUE(parse_traceparent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));
}

TEST(Traceparent, WhatTheSpecificationCallsInvalidIsRefused) {
  for (const std::string_view text : {
           "",
           "-",
           "00",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
           "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",  // a version that is none
           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",  // ids of zeros
           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",  // capitals
           "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e473--00f067aa0ba902b7-01",  // a dash for a digit
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0-",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-+1",
           "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",  // more than version 00 has
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
           "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01what",
           " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
       })
    EXPECT_FALSE(parse_traceparent(text)) << text;
}

TEST(Tracestate, IsAListOfMembers) {
  for (const std::string_view text :
       {"congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "a=1 ,\tb=2", "a=1,,b=2", "1@b=x",
        "fw529a3039@dt=FfAAAA0+/ 1", "a*/_-9=!\"#$%&'()+-./:;<>?@[]^_`{|}~"})
    EXPECT_TRUE(is_tracestate(text)) << text;
}

TEST(Tracestate, WhatIsNoListOfMembersIsRefused) {
  for (const std::string& text :
       {std::string{}, std::string{","}, std::string{"a"}, std::string{"a="}, std::string{"=1"},
        std::string{"A=1"}, std::string{"1a=1"}, std::string{"a=1=2"}, std::string{"a@=1"},
        std::string{"@b=1"}, std::string{"a@b@c=1"}, std::string{"a =1"}, std::string{"a=\x7f"},
        std::string{"a=\r\nX-Evil: 1"}, std::string{"a=\xC3\xA4"}, std::string(257, 'a') + "=1",
        "a=" + std::string(257, 'x'), "a=" + std::string(600, 'x')})
    EXPECT_FALSE(is_tracestate(text)) << text;
  std::string many = "k0=1";
  for (int i = 1; i < 33; ++i) many += ",k" + std::to_string(i) + "=1";
  EXPECT_FALSE(is_tracestate(many));
}

}  // namespace
}  // namespace cloudcart
