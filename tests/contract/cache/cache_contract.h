#pragma once

#include <gtest/gtest.h>

#include "cache/cache.h"
#include "runtime/executor.h"

namespace cloudcart::test {

/// What every cache keeps to. `Fixture` has a member cache() and pass(milliseconds), which lets time go by.
template <class Fixture>
class CacheContract : public testing::Test {
 protected:
  void put(const std::string& key, std::string value, Version version,
           milliseconds time_to_live = seconds{60}) {
    ASSERT_TRUE(sync_wait(
        fixture.cache().put_if_newer(key, {std::move(value), version}, time_to_live, Deadline::max())));
  }
  std::optional<CacheEntry> get(std::string key) {
    return sync_wait(fixture.cache().get({std::move(key)}, Deadline::max())).value().front();
  }
  void erase(std::vector<std::string> keys, Version version) {
    ASSERT_TRUE(sync_wait(fixture.cache().erase(std::move(keys), version, Deadline::max())));
  }

  Fixture fixture;
};

TYPED_TEST_SUITE_P(CacheContract);

TYPED_TEST_P(CacheContract, HoldsWhatWasPut) {
  const std::string bytes{"a\0b\xff", 4};
  this->put("key", bytes, 7);
  EXPECT_EQ(this->get("key"), (CacheEntry{bytes, 7}));
  EXPECT_EQ(this->get("other"), std::nullopt);
}

TYPED_TEST_P(CacheContract, AnswersManyKeysInTheirOrder) {
  this->put("a", "1", 1);
  this->put("c", "3", 1);
  const auto entries = sync_wait(this->fixture.cache().get({"c", "b", "a", "c"}, Deadline::max())).value();
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(entries[0]->value, "3");
  EXPECT_EQ(entries[1], std::nullopt);
  EXPECT_EQ(entries[2]->value, "1");
  EXPECT_EQ(entries[3]->value, "3");
  EXPECT_TRUE(sync_wait(this->fixture.cache().get({}, Deadline::max())).value().empty());
}

TYPED_TEST_P(CacheContract, ANewerVersionReplacesAnOlderNever) {
  this->put("key", "second", 2);
  this->put("key", "first", 1);
  EXPECT_EQ(this->get("key")->value, "second");
  this->put("key", "third", 3);
  EXPECT_EQ(this->get("key")->value, "third");
}

TYPED_TEST_P(CacheContract, AnErasedKeyTakesNothingOlder) {
  this->put("key", "before", 4);
  this->erase({"key"}, 5);
  EXPECT_EQ(this->get("key"), std::nullopt);
  this->put("key", "read before the change", 4);
  EXPECT_EQ(this->get("key"), std::nullopt);
  this->put("key", "read after the change", 5);
  EXPECT_EQ(this->get("key")->value, "read after the change");
}

TYPED_TEST_P(CacheContract, ALateEraseLeavesWhatIsNewer) {
  this->put("key", "newest", 9);
  this->erase({"key"}, 8);
  EXPECT_EQ(this->get("key")->value, "newest");
}

TYPED_TEST_P(CacheContract, ErasesManyAtOnceAndTheUnknown) {
  this->put("a", "1", 1);
  this->put("b", "1", 1);
  this->put("c", "1", 1);
  this->erase({"a", "b", "never there"}, 2);
  EXPECT_FALSE(this->get("a"));
  EXPECT_FALSE(this->get("b"));
  EXPECT_TRUE(this->get("c"));
}

TYPED_TEST_P(CacheContract, AnEntryEndsWithItsTime) {
  this->put("key", "value", 3, milliseconds{1'000});
  this->fixture.pass(milliseconds{500});
  EXPECT_TRUE(this->get("key"));
  this->fixture.pass(milliseconds{600});
  EXPECT_FALSE(this->get("key"));
  this->put("key", "value", 3);
  EXPECT_TRUE(this->get("key"));
}

REGISTER_TYPED_TEST_SUITE_P(CacheContract, HoldsWhatWasPut, AnswersManyKeysInTheirOrder,
                            ANewerVersionReplacesAnOlderNever, AnErasedKeyTakesNothingOlder,
                            ALateEraseLeavesWhatIsNewer, ErasesManyAtOnceAndTheUnknown,
                            AnEntryEndsWithItsTime);

}  // namespace cloudcart::test
