#pragma once

#include "contract/user/user_stores_contract.h"
#include "user/ports/erasure_repository.h"

namespace cloudcart::test {

template <class Stores>
class ErasureRepositoryContract : public UserStoresContract<Stores> {
 protected:
  user::ErasureRepository& erasures = this->stores.erasures;

  Result<user::ErasedAccount> erase(const TenantId& tenant, UserId user, std::string receipt = "receipt") {
    this->clock.advance(milliseconds{1});
    return sync_wait(erasures.erase({.tenant = tenant,
                                     .user = user,
                                     .by_owner = true,
                                     .at = this->clock.now(),
                                     .receipt_hash = std::move(receipt)},
                                    this->no_deadline));
  }
  privacy::ErasureState state(UserId user) {
    return sync_wait(erasures.find(this->shop, user, this->no_deadline)).value().value();
  }
  void report(UserId user, privacy::Holder holder, privacy::Erased erased) {
    ASSERT_TRUE(sync_wait(erasures.report(
        {.tenant = this->shop, .user = user, .holder = holder, .erased = erased, .at = this->clock.now()},
        this->no_deadline)));
  }
  std::vector<UserId> outstanding(privacy::Holder holder, std::int64_t limit = 100) {
    std::vector<UserId> users;
    for (const auto& erasure :
         sync_wait(erasures.outstanding(holder, this->clock.now() - seconds{60}, limit, this->no_deadline))
             .value())
      users.push_back(erasure.user);
    return users;
  }
};
TYPED_TEST_SUITE_P(ErasureRepositoryContract);

using privacy::Holder;

TYPED_TEST_P(ErasureRepositoryContract, TheAccountGoesWithSessionsAndCodes) {
  const auto ada = this->added("ada@example.com"), eve = this->added("eve@example.com");
  this->opened(ada, "token");
  const auto last = this->opened(ada, "another token");
  this->opened(eve, "token of eve");
  ASSERT_TRUE(sync_wait(this->sessions.add_sign_in_code({.tenant = this->shop,
                                                         .hash = "code",
                                                         .user = ada.id,
                                                         .created_at = this->clock.now(),
                                                         .expires_at = this->clock.now() + seconds{900}},
                                                        this->no_deadline)));
  const auto erased = this->erase(this->shop, ada.id).value();
  EXPECT_TRUE(erased.is_new);
  EXPECT_EQ(erased.state.erasure.user, ada.id);
  EXPECT_EQ(erased.state.erasure.requested_at, this->clock.now());
  EXPECT_TRUE(erased.state.by_owner);
  EXPECT_FALSE(erased.state.is_done());

  ASSERT_EQ(erased.revoked.size(), 1U);
  const auto changed = std::get<auth::RightsChanged>(erased.revoked[0].what);
  EXPECT_EQ(changed.user, ada.id);
  EXPECT_GT(changed.not_before, ada.rights_since);
  EXPECT_EQ(erased.revoked[0].expires_at, last.access_expires_at);
  EXPECT_EQ(this->feed().revocations, erased.revoked);

  EXPECT_FALSE(this->find(ada.id));
  EXPECT_FALSE(sync_wait(this->users.find_by_email(this->shop, ada.email, this->no_deadline)).value());
  EXPECT_EQ(sync_wait(this->users.count(this->shop, this->no_deadline)).value(), 1);
  EXPECT_FALSE(this->refresh("token", "next").refreshed);
  const auto by_code = sync_wait(this->sessions.open_by_code(
      "code", user::CodePurpose::sign_in, this->new_session(ada, "by code"), this->no_deadline));
  EXPECT_FALSE(by_code.value());
  EXPECT_TRUE(this->find(eve.id));
  EXPECT_TRUE(this->refresh("token of eve", "next of eve").refreshed);
  // The address is free for whoever comes.
  EXPECT_TRUE(this->find(this->added("ada@example.com").id));
}

TYPED_TEST_P(ErasureRepositoryContract, AskedForAgainItIsTheSameAndTheFirstReceiptCounts) {
  const auto ada = this->added("ada@example.com");
  const auto first = this->erase(this->shop, ada.id, "first").value();
  const auto again = this->erase(this->shop, ada.id, "second").value();
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.state.erasure, first.state.erasure);
  EXPECT_TRUE(again.revoked.empty());
  const auto by = [&](std::string receipt, TenantId tenant) {
    return sync_wait(this->erasures.find_by_receipt(std::move(tenant), std::move(receipt), this->no_deadline))
        .value();
  };
  EXPECT_EQ(by("first", this->shop).value().erasure, first.state.erasure);
  EXPECT_FALSE(by("second", this->shop));
  EXPECT_FALSE(by("first", this->other_shop));
}

TYPED_TEST_P(ErasureRepositoryContract, AnAccountThatIsThereInSpiteOfItIsErasedAnew) {
  const auto ada = this->added("ada@example.com");
  const auto first = this->erase(this->shop, ada.id, "first").value();
  for (const auto holder : privacy::all_holders) this->report(ada.id, holder, {.is_done = true});
  ASSERT_TRUE(sync_wait(this->users.add(ada, std::nullopt, this->no_deadline)))
      << "as a restore brings it back";
  this->opened(ada, "token");

  const auto again = this->erase(this->shop, ada.id, "second").value();
  EXPECT_FALSE(again.is_new);
  EXPECT_EQ(again.revoked.size(), 1U);
  EXPECT_EQ(again.state.erasure.seq, first.state.erasure.seq);
  EXPECT_EQ(again.state.erasure.requested_at, this->clock.now());
  EXPECT_FALSE(this->find(ada.id));
  EXPECT_FALSE(this->refresh("token", "next").refreshed);
  EXPECT_EQ(this->state(ada.id).erasure, again.state.erasure);
  for (const auto& part : this->state(ada.id).parts) {
    EXPECT_FALSE(part.erased.is_done);
    EXPECT_FALSE(part.reported_at);
  }
  EXPECT_EQ(this->outstanding(Holder::order), (std::vector{ada.id}));
}

TYPED_TEST_P(ErasureRepositoryContract, WhoIsNotThereIsNotErased) {
  const auto ada = this->added("ada@example.com");
  EXPECT_EQ(this->erase(this->shop, this->ids.template next_id<UserId>()).error().code, ErrorCode::not_found);
  EXPECT_EQ(this->erase(this->other_shop, ada.id).error().code, ErrorCode::not_found);
  EXPECT_TRUE(this->find(ada.id));
  EXPECT_FALSE(sync_wait(this->erasures.find(this->shop, ada.id, this->no_deadline)).value());
  EXPECT_TRUE(this->outstanding(Holder::user).empty());
}

TYPED_TEST_P(ErasureRepositoryContract, WhatAHolderHasNotDoneIsOutstandingForIt) {
  const auto ada = this->added("ada@example.com"), eve = this->added("eve@example.com");
  ASSERT_TRUE(this->erase(this->shop, ada.id, "a"));
  ASSERT_TRUE(this->erase(this->shop, eve.id, "b"));
  EXPECT_EQ(this->outstanding(Holder::order), (std::vector{ada.id, eve.id}));
  EXPECT_EQ(this->outstanding(Holder::order, 1), (std::vector{ada.id}));

  this->report(ada.id, Holder::order, {.is_done = false, .open_orders = 2});
  EXPECT_EQ(this->outstanding(Holder::order), (std::vector{eve.id})) << "not again at once";
  EXPECT_EQ(this->state(ada.id).parts[1].erased.open_orders, 2);
  EXPECT_EQ(this->state(ada.id).parts[1].reported_at, this->clock.now());
  EXPECT_FALSE(this->state(eve.id).parts[1].reported_at);
  this->clock.advance(seconds{61});
  EXPECT_EQ(this->outstanding(Holder::order), (std::vector{eve.id, ada.id})) << "those never looked at first";

  for (const auto holder : privacy::all_holders) this->report(ada.id, holder, {.is_done = true});
  EXPECT_EQ(this->outstanding(Holder::order), (std::vector{eve.id}));
  EXPECT_EQ(this->outstanding(Holder::user), (std::vector{eve.id}));
  EXPECT_TRUE(this->state(ada.id).is_done());
  this->report(ada.id, Holder::user, {.is_done = false});
  EXPECT_TRUE(this->state(ada.id).is_done()) << "a late report of another process takes nothing back";
}

TYPED_TEST_P(ErasureRepositoryContract, TheFeedTellsAllInOrder) {
  std::vector<UserId> erased;
  for (int i = 0; i < 5; ++i) {
    erased.push_back(this->added(std::to_string(i) + "@example.com").id);
    ASSERT_TRUE(this->erase(this->shop, erased.back(), std::to_string(i)));
  }
  std::vector<UserId> told;
  std::int64_t position = 0;
  for (;;) {
    const auto batch = sync_wait(this->erasures.read(position, 2, this->no_deadline)).value();
    if (batch.erasures.empty()) break;
    EXPECT_LE(batch.erasures.size(), 2U);
    for (const auto& erasure : batch.erasures) {
      EXPECT_GT(erasure.seq, position);
      position = erasure.seq;
      EXPECT_EQ(erasure.tenant, this->shop);
      told.push_back(erasure.user);
    }
    EXPECT_EQ(batch.last, position);
    EXPECT_GE(batch.highest, position);
  }
  EXPECT_EQ(told, erased);
  EXPECT_EQ(sync_wait(this->erasures.read(position + 5, 2, this->no_deadline)).value().highest, position);
}

TYPED_TEST_P(ErasureRepositoryContract, AfterARestoreAllIsOutstandingAgain) {
  const auto ada = this->added("ada@example.com");
  ASSERT_TRUE(this->erase(this->shop, ada.id));
  for (const auto holder : privacy::all_holders) this->report(ada.id, holder, {.is_done = true});
  EXPECT_EQ(sync_wait(this->erasures.repeat_all(this->no_deadline)).value(), 1);
  for (const auto holder : privacy::all_holders) EXPECT_EQ(this->outstanding(holder), (std::vector{ada.id}));
  EXPECT_FALSE(this->state(ada.id).is_done());
}

TYPED_TEST_P(ErasureRepositoryContract, AnImportBringsNobodyBack) {
  const auto ada = this->added("ada@example.com");
  ASSERT_TRUE(this->erase(this->shop, ada.id));
  const auto eve = this->new_user("eve@example.com");
  EXPECT_EQ(sync_wait(this->users.import_users({ada, eve}, this->no_deadline)).value(), 1U);
  EXPECT_FALSE(this->find(ada.id));
  EXPECT_TRUE(this->find(eve.id));
}

TYPED_TEST_P(ErasureRepositoryContract, OfManyAtOnceOneErases) {
  const auto ada = this->added("ada@example.com");
  this->opened(ada, "token");
  std::vector<Task<Result<user::ErasedAccount>>> calls;
  for (int i = 0; i < 8; ++i) {
    calls.push_back(this->erasures.erase({.tenant = this->shop,
                                          .user = ada.id,
                                          .by_owner = false,
                                          .at = this->clock.now(),
                                          .receipt_hash = std::to_string(i)},
                                         this->no_deadline));
  }
  const auto answers = this->at_once(std::move(calls));
  EXPECT_TRUE(std::ranges::all_of(answers, [](const auto& answer) { return answer.has_value(); }));
  EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer && answer->is_new; }), 1);
  EXPECT_EQ(this->feed().revocations.size(), 1U);
}

REGISTER_TYPED_TEST_SUITE_P(ErasureRepositoryContract, TheAccountGoesWithSessionsAndCodes,
                            AskedForAgainItIsTheSameAndTheFirstReceiptCounts,
                            AnAccountThatIsThereInSpiteOfItIsErasedAnew, WhoIsNotThereIsNotErased,
                            WhatAHolderHasNotDoneIsOutstandingForIt, TheFeedTellsAllInOrder,
                            AfterARestoreAllIsOutstandingAgain, AnImportBringsNobodyBack,
                            OfManyAtOnceOneErases);

}  // namespace cloudcart::test
