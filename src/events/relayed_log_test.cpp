#include "events/relayed_log.h"

#include <gtest/gtest.h>

#include "support/fake_event_log.h"

namespace cloudcart::events {
namespace {

class RelayedLogTest : public testing::Test {
 protected:
  static constexpr auto no_deadline = Deadline::max();

  RelayedLogTest() {
    for (int i = 0; i < 5; ++i) origin.append({});
    for (int i = 0; i < 3; ++i) relayed.append({});
  }
  test::FakeEventLog origin, relayed;
  RelayedEventLog log{relayed, origin};
};

TEST_F(RelayedLogTest, IsReadAsFarAsItWasRelayed) {
  const auto records = sync_wait(log.read(10, 100, no_deadline)).value();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records.back().position, 30);
  EXPECT_TRUE(sync_wait(log.wait_beyond(20, MonotonicTime::min())));
  EXPECT_FALSE(sync_wait(log.wait_beyond(30, MonotonicTime::min())));
}

TEST_F(RelayedLogTest, WhatIsNotRelayedYetIsBehindToo) {
  EXPECT_EQ(sync_wait(log.end_position(no_deadline)), 50);
  EXPECT_EQ(sync_wait(log.count_beyond(30, no_deadline)), 2);
  EXPECT_EQ(sync_wait(log.count_beyond(50, no_deadline)), 0);
}

TEST_F(RelayedLogTest, WithoutTheOriginTheEndIsUnknownAndWhatWasRelayedIsCounted) {
  origin.fail_ends(2);
  EXPECT_EQ(sync_wait(log.end_position(no_deadline)).error().code, ErrorCode::unavailable);
  EXPECT_EQ(sync_wait(log.count_beyond(10, no_deadline)), 2);
  EXPECT_EQ(sync_wait(log.count_beyond(10, no_deadline)), 4) << "it answers again";
}

TEST_F(RelayedLogTest, WithoutBothNothingCanBeCounted) {
  origin.fail_ends(1);
  relayed.fail_ends(1);
  EXPECT_EQ(sync_wait(log.count_beyond(10, no_deadline)).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace cloudcart::events
