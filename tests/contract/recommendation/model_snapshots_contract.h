#pragma once

#include <gmock/gmock.h>

#include "recommendation/ports/model_snapshots.h"
#include "runtime/executor.h"

namespace cloudcart::recommendation {

/// What every ModelSnapshots does. `Fixture` has `ModelSnapshots& snapshots()`, and `void reopen()` after which it is as
/// another process finds it.
template <class Fixture>
class ModelSnapshotsContract : public testing::Test {
 protected:
  Fixture fixture;

  void save(std::string bytes) {
    ASSERT_TRUE(sync_wait(fixture.snapshots().save(std::move(bytes), Deadline::max())));
  }
  std::optional<std::string> load() { return sync_wait(fixture.snapshots().load(Deadline::max())).value(); }
};

TYPED_TEST_SUITE_P(ModelSnapshotsContract);

TYPED_TEST_P(ModelSnapshotsContract, HasNoneAtFirst) {
  EXPECT_EQ(this->load(), std::nullopt);
}

TYPED_TEST_P(ModelSnapshotsContract, GivesBackTheLastOneByteForByte) {
  std::string bytes;
  for (int i = 0; i < 300'000; ++i) bytes.push_back(static_cast<char>(i * 7));
  this->save(bytes);
  EXPECT_TRUE(this->load() == bytes);
  this->save("short");
  EXPECT_EQ(this->load(), std::string{"short"});
  this->save("");
  EXPECT_EQ(this->load(), "");
}

TYPED_TEST_P(ModelSnapshotsContract, AnotherProcessFindsIt) {
  this->save("what was learnt");
  this->fixture.reopen();
  EXPECT_EQ(this->load(), "what was learnt");
}

REGISTER_TYPED_TEST_SUITE_P(ModelSnapshotsContract, HasNoneAtFirst, GivesBackTheLastOneByteForByte,
                            AnotherProcessFindsIt);

}  // namespace cloudcart::recommendation
