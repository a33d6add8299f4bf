#pragma once

#include <gtest/gtest.h>

#include "events/relay_progress.h"
#include "runtime/executor.h"

namespace cloudcart::events {

/// What every RelayProgress keeps. `Fixture` has a member `progress`.
template <class Fixture>
class RelayProgressContract : public testing::Test {
 protected:
  static constexpr auto no_deadline = Deadline::max();
  static constexpr milliseconds long_lease{600'000};
  Fixture fixture;
  RelayProgress& progress = fixture.progress;

  RelayLease hold(std::string holder, milliseconds lease = long_lease) {
    return sync_wait(progress.hold(std::move(holder), lease, no_deadline)).value();
  }
  bool advance(std::string holder, RelayState state) {
    return sync_wait(progress.advance(std::move(holder), long_lease, std::move(state), no_deadline)).value();
  }
};

TYPED_TEST_SUITE_P(RelayProgressContract);

TYPED_TEST_P(RelayProgressContract, AtFirstNothingIsPublishedAndNobodyHasTheLease) {
  const auto lease = this->hold("a");
  EXPECT_TRUE(lease.held);
  EXPECT_EQ(lease.state, (RelayState{.position = 0, .edition = 1, .mark = ""}));
}

TYPED_TEST_P(RelayProgressContract, OneAtATimeHasTheLeaseAndKeepsIt) {
  EXPECT_TRUE(this->hold("a").held);
  EXPECT_FALSE(this->hold("b").held);
  EXPECT_TRUE(this->hold("a").held);
  EXPECT_FALSE(this->hold("b").held);
}

TYPED_TEST_P(RelayProgressContract, ALeaseThatIsGivenUpIsFree) {
  this->hold("a");
  ASSERT_TRUE(sync_wait(this->progress.release("b", this->no_deadline)));
  EXPECT_FALSE(this->hold("b").held) << "another's cannot be given up";
  ASSERT_TRUE(sync_wait(this->progress.release("a", this->no_deadline)));
  EXPECT_TRUE(this->hold("b").held);
}

TYPED_TEST_P(RelayProgressContract, ALeaseEndsByItself) {
  this->hold("a", milliseconds{20});
  while (!this->hold("b").held) {
  }
  EXPECT_FALSE(this->hold("a").held);
}

TYPED_TEST_P(RelayProgressContract, WhoHasTheLeaseMovesThePosition) {
  this->hold("a");
  const RelayState state{.position = (std::int64_t{1} << 40) + 7, .edition = 1, .mark = "cluster x=1,2"};
  EXPECT_TRUE(this->advance("a", state));
  EXPECT_TRUE(this->advance("a", state)) << "asked again";
  EXPECT_EQ(this->hold("a").state, state);
  EXPECT_EQ(this->hold("b").state, state) << "told to everybody";
}

TYPED_TEST_P(RelayProgressContract, WhoHasLostTheLeaseMovesNothing) {
  this->hold("a");
  EXPECT_FALSE(this->advance("b", {.position = 5, .edition = 1}));
  ASSERT_TRUE(sync_wait(this->progress.release("a", this->no_deadline)));
  this->hold("b");
  EXPECT_FALSE(this->advance("a", {.position = 5, .edition = 1}));
  EXPECT_EQ(this->hold("b").state.position, 0);
}

TYPED_TEST_P(RelayProgressContract, AdvancingRenewsTheLease) {
  this->hold("a", milliseconds{1});
  EXPECT_TRUE(this->advance("a", {.position = 5, .edition = 1}));
  EXPECT_FALSE(this->hold("b").held);
}

TYPED_TEST_P(RelayProgressContract, StartingOverFencesWhatIsUnderWay) {
  this->hold("a");
  this->advance("a", {.position = 5, .edition = 1, .mark = "m"});
  const auto fresh = sync_wait(this->progress.start_over(this->no_deadline)).value();
  EXPECT_EQ(fresh, (RelayState{.position = 0, .edition = 2, .mark = ""}));
  EXPECT_FALSE(this->advance("a", {.position = 9, .edition = 1, .mark = "n"}));
  const auto lease = this->hold("a");
  EXPECT_TRUE(lease.held) << "the lease stays where it is";
  EXPECT_EQ(lease.state, fresh);
  EXPECT_TRUE(this->advance("a", {.position = 2, .edition = 2, .mark = "o"}));
}

REGISTER_TYPED_TEST_SUITE_P(RelayProgressContract, AtFirstNothingIsPublishedAndNobodyHasTheLease,
                            OneAtATimeHasTheLeaseAndKeepsIt, ALeaseThatIsGivenUpIsFree, ALeaseEndsByItself,
                            WhoHasTheLeaseMovesThePosition, WhoHasLostTheLeaseMovesNothing,
                            AdvancingRenewsTheLease, StartingOverFencesWhatIsUnderWay);

}  // namespace cloudcart::events
