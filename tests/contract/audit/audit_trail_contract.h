#pragma once

#include <gtest/gtest.h>

#include "audit/verify_chain.h"
#include "runtime/executor.h"

namespace cloudcart::test {

/// `Trail` has `audit::AuditTrail& trail`, and another `second` as of another process on the same rows.
template <class Trail>
class AuditTrailContract : public testing::Test {
 protected:
  static constexpr auto no_deadline = Deadline::max();
  const TenantId shop{"main"}, other_shop{"other"};
  Trail trails;
  audit::AuditTrail& trail = trails.trail;

  audit::Link append(const std::string& entry, TenantId tenant = {"main"}) {
    return sync_wait(trail.append(std::move(tenant), entry, no_deadline)).value();
  }
  std::vector<audit::Link> read(audit::LinkQuery query, TenantId tenant = {"main"}) {
    return sync_wait(trail.read(std::move(tenant), query, no_deadline)).value();
  }
  std::vector<audit::Head> heads() { return sync_wait(trail.heads(no_deadline)).value(); }
  std::optional<std::string> fault(TenantId tenant = {"main"}) {
    std::optional<audit::Head> stored;
    for (const auto& head : heads())
      if (head.tenant == tenant) stored = head;
    return sync_wait(audit::verify_chain(trail, tenant, stored, {}, no_deadline)).value().first_fault;
  }
};

TYPED_TEST_SUITE_P(AuditTrailContract);

TYPED_TEST_P(AuditTrailContract, RowsFollowEachOther) {
  const auto first = this->append(R"({"n":1})"), second = this->append(R"({"n":2})");
  EXPECT_EQ(first.seq, 1);
  EXPECT_EQ(first.previous, audit::hash_before_all());
  EXPECT_EQ(second.seq, 2);
  EXPECT_EQ(second.previous, first.hash);
  EXPECT_EQ(this->read({}), (std::vector{second, first}));
  EXPECT_EQ(this->heads(), (std::vector{audit::Head{this->shop, 2, second.hash}}));
  EXPECT_FALSE(this->fault());
}

TYPED_TEST_P(AuditTrailContract, EveryTextIsKeptAsItIs) {
  const std::string entry = "{\"name\":\"Jürgen 🛒 \\u0000 '; DROP TABLE\"}";
  this->append(entry);
  EXPECT_EQ(this->read({}).front().entry, entry);
  EXPECT_FALSE(this->fault());
}

TYPED_TEST_P(AuditTrailContract, EachShopHasItsChain) {
  this->append("{}");
  this->append("{}");
  const auto others = this->append("{}", this->other_shop);
  EXPECT_EQ(others.seq, 1);
  EXPECT_NE(others.hash, this->read({.after = 0}).front().hash);
  EXPECT_EQ(this->read({}, this->other_shop).size(), 1);
  EXPECT_EQ(this->heads().size(), 2);
  EXPECT_FALSE(this->fault());
  EXPECT_FALSE(this->fault(this->other_shop));
}

TYPED_TEST_P(AuditTrailContract, IsReadInPagesBothWays) {
  EXPECT_TRUE(this->read({}).empty());
  EXPECT_TRUE(this->heads().empty());
  for (int i = 1; i <= 5; ++i) this->append(std::to_string(i));
  const auto seqs = [&](audit::LinkQuery query) {
    std::vector<std::int64_t> numbers;
    for (const auto& link : this->read(query)) numbers.push_back(link.seq);
    return numbers;
  };
  using Seqs = std::vector<std::int64_t>;
  EXPECT_EQ(seqs({.limit = 2}), (Seqs{5, 4}));
  EXPECT_EQ(seqs({.limit = 2, .before = 4}), (Seqs{3, 2}));
  EXPECT_EQ(seqs({.limit = 2, .before = 1}), Seqs{});
  EXPECT_EQ(seqs({.limit = 2, .after = 0}), (Seqs{1, 2}));
  EXPECT_EQ(seqs({.limit = 9, .after = 3}), (Seqs{4, 5}));
  EXPECT_EQ(seqs({.limit = 9, .after = 5}), Seqs{});
}

TYPED_TEST_P(AuditTrailContract, SeveralProcessesWriteOneChain) {
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  constexpr std::size_t count = 40;
  std::size_t answered = 0, written = 0;
  for (std::size_t i = 0; i < count; ++i) {
    auto& trail = i % 2 ? this->trail : this->trails.second;
    start(trail.append(this->shop, std::to_string(i), this->no_deadline), [&](auto outcome) {
      ++answered;
      if (std::get<0>(outcome)) ++written;
    });
  }
  executor.run_until([&] { return answered == count; });
  EXPECT_EQ(written, count);
  EXPECT_EQ(this->heads().front().seq, static_cast<std::int64_t>(count));
  EXPECT_FALSE(this->fault());
}

REGISTER_TYPED_TEST_SUITE_P(AuditTrailContract, RowsFollowEachOther, EveryTextIsKeptAsItIs,
                            EachShopHasItsChain, IsReadInPagesBothWays, SeveralProcessesWriteOneChain);

}  // namespace cloudcart::test
