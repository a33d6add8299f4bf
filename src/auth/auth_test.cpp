#include <thread>

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include "auth/revocation_follower.h"
#include "auth/revocation_json.h"
#include "auth/token_authenticator.h"
#include "core/id_generator.h"
#include "core/json_reader.h"
#include "core/text.h"
#include "support/fake_clock.h"

namespace cloudcart::auth {
namespace {

const std::string secret(32, 's');

std::string hmac(std::string_view key, std::string_view text, const EVP_MD* digest = EVP_sha256()) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  HMAC(digest, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), reinterpret_cast<unsigned char*>(out.data()), &size);
  out.resize(size);
  return out;
}

/// A token with any header and claims, signed with `key`.
std::string forge(std::string_view header, std::string_view claims, std::string_view key = secret,
                  const EVP_MD* digest = EVP_sha256()) {
  const auto text = base64url_encode(header) + "." + base64url_encode(claims);
  return text + "." + base64url_encode(hmac(key, text, digest));
}

class TokenTest : public testing::Test {
 protected:
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  TokenCodec codec{secret, clock};
  AccessClaims claims{.tenant = {"main"},
                      .user = ids.next_id<UserId>(),
                      .email = "ada@example.com",
                      .role = Role::staff,
                      .session = ids.next_id<SessionId>(),
                      .token_id = ids.next(),
                      .rights_since = clock.now() - milliseconds{1},
                      .issued_at = clock.now(),
                      .expires_at = clock.now() + std::chrono::hours{24}};

  std::string payload() { return base64url_decode(split(codec.sign(claims), '.')[1]).value(); }
  /// The claims that sign() writes with one text replaced.
  std::string payload_with(std::string_view what, std::string_view by) {
    auto text = payload();
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what << " in " << text;
    return text.replace(at, what.size(), by);
  }
};

constexpr std::string_view good_header = R"({"alg":"HS256","typ":"JWT"})";

TEST_F(TokenTest, WhatIsSignedIsRead) {
  const auto read = codec.verify(codec.sign(claims));
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<AccessClaims>(*read), claims);
}

TEST_F(TokenTest, CarriesTheClaimsOfTheContract) {
  const auto object = parse_json(payload()).value();
  for (const auto* name : {"id", "email", "role", "iat", "exp", "iss", "aud", "jti", "sid", "tenant"})
    EXPECT_TRUE(object.as_object().contains(name)) << name;
  EXPECT_EQ(object.at("exp").as_int64() - object.at("iat").as_int64(), 86400);
}

TEST_F(TokenTest, ExpiresToTheMillisecond) {
  const auto token = codec.sign(claims);
  clock.advance(std::chrono::hours{24} - milliseconds{1});
  EXPECT_TRUE(codec.verify(token));
  clock.advance(milliseconds{1});
  EXPECT_FALSE(codec.verify(token));
}

TEST_F(TokenTest, OnlyHs256OverTheWholeTokenIsTaken) {
  const auto body = payload();
  EXPECT_TRUE(codec.verify(forge(good_header, body)));
  for (const auto* header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS512"})", R"({"alg":"RS256"})",
        R"({"alg":["HS256"]})", R"({})", R"([])", R"({"alg":"HS256","alg":"none"})",
        R"({"alg":"HS256","crit":["exp"]})", R"({"alg":"hs256"})", "not json"})
    EXPECT_FALSE(codec.verify(forge(header, body))) << header;
  EXPECT_FALSE(codec.verify(forge(R"({"alg":"HS512"})", body, secret, EVP_sha512())));
  EXPECT_FALSE(codec.verify(forge(good_header, body, "")));
  EXPECT_FALSE(codec.verify(forge(good_header, body, std::string(32, 'x'))));
}

TEST_F(TokenTest, EveryChangedCharacterIsRefused) {
  const auto token = codec.sign(claims);
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto spoilt = token;
    spoilt[i] = token[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(codec.verify(spoilt)) << "at " << i;
  }
}

TEST_F(TokenTest, OtherSpellingsAreRefused) {
  const auto token = codec.sign(claims);
  const auto parts = split(token, '.');
  // The last character of a 32-byte signature has two spare bits.
  auto other = token;
  other.back() = static_cast<char>(token.back() + 1);
  for (const auto& spelling : {std::string{}, std::string{"."}, std::string{".."}, token + "=", token + ".",
                               token + "." + std::string{parts[2]}, " " + token, token + "\n", other,
                               std::string{parts[0]} + "." + std::string{parts[1]},
                               std::string{parts[0]} + "." + std::string{parts[1]} + "."})
    EXPECT_FALSE(codec.verify(spelling)) << spelling;
}

TEST_F(TokenTest, LongTokensAreRefusedUnread) {
  const std::string padding(TokenCodec::max_token_bytes, 'x');
  EXPECT_FALSE(codec.verify(forge(good_header, payload_with("ada@", padding + "@"))));
  EXPECT_TRUE(codec.verify(forge(good_header, payload_with("ada@", std::string(1000, 'x') + "@"))));
}

TEST_F(TokenTest, ClaimsThatAreMissingOrWrongAreRefused) {
  const auto exp = std::to_string(to_unix_ms(claims.expires_at) / 1000);
  EXPECT_FALSE(codec.verify(forge(good_header, payload_with(",\"exp\":" + exp, ""))));
  EXPECT_FALSE(codec.verify(forge(good_header, payload_with(exp, "\"" + exp + "\""))));
  EXPECT_FALSE(codec.verify(forge(good_header, payload_with(exp, exp + ".5"))));
  EXPECT_FALSE(codec.verify(forge(good_header, payload_with(exp, "9223372036854775807"))));
  EXPECT_FALSE(codec.verify(forge(good_header, payload_with("\"cloudcart\"", "\"other\""))));
  EXPECT_FALSE(codec.verify(forge(good_header, payload_with("\"cloudcart-api\"", "\"other\""))));
  EXPECT_FALSE(codec.verify(forge(good_header, payload_with("\"cloudcart-api\"", "[\"cloudcart-api\"]"))));
  EXPECT_FALSE(codec.verify(forge(good_header, payload_with("\"staff\"", "\"root\""))));
  EXPECT_FALSE(codec.verify(forge(good_header, payload_with("\"sid\"", "\"six\""))));
}

TEST_F(TokenTest, EveryRefusalLooksTheSame) {
  const auto broken = codec.verify("broken"), forged = codec.verify(forge(good_header, payload(), "x"));
  EXPECT_EQ(broken.error().code, ErrorCode::unauthenticated);
  EXPECT_EQ(broken.error().message, forged.error().message);
}

TEST_F(TokenTest, ServiceTokensLiveAMinuteAndAreNoPersons) {
  const auto token = codec.sign_service({"main"});
  const auto read = codec.verify(token);
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<ServiceClaims>(*read).tenant.value, "main");
  clock.advance(seconds{61});
  EXPECT_FALSE(codec.verify(token));
}

TEST_F(TokenTest, AShortSecretIsRefused) {
  EXPECT_THROW(TokenCodec(std::string(31, 's'), clock), std::invalid_argument);
}

class RevocationsTest : public TokenTest {
 protected:
  Revocations revocations{clock, 8};
  TokenAuthenticator authenticator{codec, revocations, clock};

  Revocation ended(SessionId session, Timestamp expires_at) {
    return {1, claims.tenant, SessionEnded{session}, expires_at};
  }
  bool accepted(const AccessClaims& access) {
    return authenticator.authenticate(codec.sign(access)).has_value();
  }
};

TEST_F(RevocationsTest, IdentitiesCarryTheSession) {
  const auto identity = authenticator.authenticate(codec.sign(claims)).value();
  EXPECT_EQ(identity.user, claims.user);
  EXPECT_EQ(identity.role, Role::staff);
  EXPECT_EQ(identity.session, claims.session.to_string());
  EXPECT_FALSE(identity.is_service);
  EXPECT_TRUE(authenticator.authenticate(codec.sign_service()).value().is_service);
}

/// The second look is answered from what the first one found.
TEST_F(RevocationsTest, ATokenThatWasGoodOnceIsCheckedForExpiryAndRevocationEachTime) {
  const auto token = codec.sign(claims);
  ASSERT_TRUE(authenticator.authenticate(token));
  ASSERT_TRUE(authenticator.authenticate(token));
  EXPECT_EQ(authenticator.authenticate(token).value().user, claims.user);
  auto forged = token;
  forged.back() = forged.back() == 'A' ? 'Q' : 'A';
  EXPECT_FALSE(authenticator.authenticate(forged));

  auto other = claims;
  other.session = ids.next_id<SessionId>();
  const auto other_token = codec.sign(other);
  ASSERT_TRUE(authenticator.authenticate(other_token));
  revocations.apply({ended(other.session, other.expires_at)});
  EXPECT_FALSE(authenticator.authenticate(other_token));

  clock.advance(claims.expires_at - clock.now() - milliseconds{1});
  EXPECT_TRUE(authenticator.authenticate(token));
  clock.advance(milliseconds{1});
  EXPECT_FALSE(authenticator.authenticate(token));
}

TEST(VerifiedTokensTest, KeepsAtMostItsPlacesAndNeverAnswersForAnotherToken) {
  VerifiedTokens tokens(2);
  const auto claims_of = [](int n) {
    VerifiedTokens::Known known;
    known.claims.email = std::to_string(n);
    return std::make_shared<const VerifiedTokens::Known>(std::move(known));
  };
  EXPECT_EQ(tokens.find(""), nullptr);
  for (int n = 0; n < 50; ++n) tokens.add("token " + std::to_string(n), claims_of(n));
  int found = 0;
  for (int n = 0; n < 50; ++n) {
    const auto claims = tokens.find("token " + std::to_string(n));
    if (!claims) continue;
    ++found;
    EXPECT_EQ(claims->claims.email, std::to_string(n));
  }
  EXPECT_GE(found, 1);
  EXPECT_LE(found, 2);
}

TEST_F(RevocationsTest, AnEndedSessionIsDeadAndOthersLive) {
  auto other = claims;
  other.session = ids.next_id<SessionId>();
  revocations.apply({ended(claims.session, claims.expires_at)});
  EXPECT_FALSE(accepted(claims));
  EXPECT_TRUE(accepted(other));
}

TEST_F(RevocationsTest, ChangedRightsKillOlderTokensWheneverTheyWereIssued) {
  const auto changed_at = clock.now();
  revocations.apply({{1, claims.tenant, RightsChanged{claims.user, changed_at}, claims.expires_at}});
  claims.issued_at = changed_at + seconds{5};
  EXPECT_FALSE(accepted(claims)) << "signed after the change from what was read before it";
  claims.rights_since = changed_at;
  EXPECT_TRUE(accepted(claims));
}

TEST_F(RevocationsTest, AnotherTenantsUserWithTheSameIdIsNotMeant) {
  revocations.apply({{1, {"other"}, RightsChanged{claims.user, clock.now()}, claims.expires_at}});
  EXPECT_TRUE(accepted(claims));
}

TEST_F(RevocationsTest, BeyondTheCapacityNoDeadTokenComesBack) {
  std::vector<AccessClaims> dead;
  for (int i = 0; i < 40; ++i) {
    auto one = claims;
    one.session = ids.next_id<SessionId>();
    one.expires_at = claims.expires_at + seconds{(i * 17) % 40};
    revocations.apply({ended(one.session, one.expires_at)});
    dead.push_back(one);
    EXPECT_LE(revocations.size(), 8U);
  }
  for (const auto& one : dead) EXPECT_FALSE(accepted(one));
  auto fresh = claims;
  fresh.session = ids.next_id<SessionId>();
  fresh.expires_at = claims.expires_at + seconds{60};
  EXPECT_TRUE(accepted(fresh));
}

TEST_F(RevocationsTest, ExpiredEntriesMakeRoomWithoutHarm) {
  for (int i = 0; i < 8; ++i) revocations.apply({ended(ids.next_id<SessionId>(), clock.now() + seconds{10})});
  clock.advance(seconds{10});
  revocations.apply({ended(ids.next_id<SessionId>(), clock.now() + seconds{10})});
  EXPECT_EQ(revocations.size(), 1U);
  auto brief = claims;
  brief.expires_at = clock.now() + seconds{5};
  EXPECT_TRUE(accepted(brief));
}

TEST_F(RevocationsTest, AreReadWhileTheyChange) {
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) revocations.is_revoked(claims);
  });
  for (int i = 0; i < 1000; ++i) revocations.apply({ended(ids.next_id<SessionId>(), claims.expires_at)});
  done = true;
  reader.join();
  EXPECT_LE(revocations.size(), 8U);
}

TEST_F(RevocationsTest, GoThroughJsonUnchanged) {
  const RevocationBatch batch{{ended(claims.session, claims.expires_at),
                               {2, {"other"}, RightsChanged{claims.user, clock.now()}, claims.expires_at}},
                              2,
                              5};
  JsonWriter json;
  write_revocations(json, batch);
  const auto read = parse_revocations(parse_json(json.str()).value());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->revocations, batch.revocations);
  EXPECT_EQ(read->last, 2);
  EXPECT_EQ(read->highest, 5);
}

TEST_F(RevocationsTest, ABatchWithAnEntryThatIsNotUnderstoodIsRefused) {
  const auto entry = parse_json(R"({"last":1,"revocations":[{"seq":1,"tenant":"main","kind":"address",
                                    "expires_at":"2026-01-15T12:00:00.000Z"}]})");
  EXPECT_FALSE(parse_revocations(entry.value()));
  EXPECT_FALSE(parse_revocations(parse_json(R"({"last":1})").value()));
}

/// Gives two entries at a time, or fails.
class ListFeed final : public RevocationFeed {
 public:
  std::vector<Revocation> entries;
  bool failing = false;
  std::optional<std::int64_t> failing_at = {};  ///< where it is asked from
  int reads = 0;

  Task<Result<RevocationBatch>> read(std::int64_t after, Deadline) override {
    ++reads;
    if (failing || failing_at == after) co_return fail(ErrorCode::unavailable, "down");
    RevocationBatch batch{.revocations = {}, .last = after};
    for (const auto& entry : entries) {
      batch.highest = std::max(batch.highest, entry.seq);
      if (entry.seq <= after || batch.revocations.size() == 2) continue;
      batch.revocations.push_back(entry);
      batch.last = entry.seq;
    }
    co_return batch;
  }
};

TEST_F(RevocationsTest, TheFollowerReadsToTheEndAndOnFromThere) {
  ListFeed feed;
  RevocationFollower follower(feed, revocations);
  for (int seq = 1; seq <= 5; ++seq) {
    feed.entries.push_back(ended(ids.next_id<SessionId>(), claims.expires_at));
    feed.entries.back().seq = seq;
  }
  feed.failing = true;
  EXPECT_FALSE(sync_wait(follower.catch_up()));
  EXPECT_FALSE(follower.caught_up());
  feed.failing = false;
  EXPECT_TRUE(sync_wait(follower.catch_up()));
  EXPECT_TRUE(follower.caught_up());
  EXPECT_EQ(revocations.size(), 5U);
  const int before = feed.reads;
  EXPECT_TRUE(sync_wait(follower.catch_up()));
  EXPECT_EQ(feed.reads, before + 1);
}

TEST_F(RevocationsTest, TheFollowerReadsAllAgainWhenTheStoreWentBack) {
  ListFeed feed;
  RevocationFollower follower(feed, revocations);
  const auto add = [&](std::int64_t seq, SessionId session) {
    feed.entries.push_back(ended(session, claims.expires_at));
    feed.entries.back().seq = seq;
  };
  for (int seq = 1; seq <= 5; ++seq) add(seq, ids.next_id<SessionId>());
  ASSERT_TRUE(sync_wait(follower.catch_up()));
  feed.entries.resize(2);
  add(3, claims.session);
  ASSERT_TRUE(accepted(claims));
  ASSERT_TRUE(sync_wait(follower.catch_up()));
  EXPECT_FALSE(accepted(claims));
  EXPECT_TRUE(revocations.are_known());

  feed.entries.resize(1);
  feed.failing_at = 0;
  EXPECT_FALSE(sync_wait(follower.catch_up()));
  EXPECT_FALSE(revocations.are_known()) << "until all was read again";
}

TEST_F(RevocationsTest, TheFollowerGoesOnAfterAnOutageUntilStopped) {
  ListFeed feed;
  feed.entries.push_back(ended(claims.session, claims.expires_at));
  feed.failing = true;
  RevocationFollower follower(feed, revocations, {.interval = milliseconds{1}});
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  BackgroundLoops loops;
  bool ended_run = false;
  loops.start("follower", executor, [&](BackgroundLoops::StopFlag stop) -> Task<void> {
    co_await follower.run(stop);
    ended_run = true;
  });
  auto alive = claims;
  alive.session = SessionId::parse("01930c5e-7e6d-7abc-8def-00000000beef").value();
  executor.run_until([&] { return feed.reads >= 2; });
  EXPECT_FALSE(accepted(alive)) << "as long as nobody knows which tokens are dead, none is taken";
  feed.failing = false;
  executor.run_until([&] { return follower.caught_up(); });
  EXPECT_FALSE(accepted(claims));
  EXPECT_TRUE(accepted(alive));
  feed.failing = true;
  const auto reads = feed.reads;
  executor.run_until([&] { return feed.reads >= reads + 2; });
  EXPECT_TRUE(accepted(alive)) << "an outage later on changes nothing";
  loops.request_stop();
  executor.run_until([&] { return ended_run; });
}

TEST_F(RevocationsTest, ALongOutageOfTheFeedIsNotTrustedToHaveBroughtNothing) {
  ListFeed feed;
  RevocationFollower follower(feed, revocations,
                              {.interval = milliseconds{1}, .stale_after = milliseconds{20}});
  ManualExecutor executor;
  const Executor::Scope scope(executor);
  BackgroundLoops loops;
  bool ended_run = false;
  loops.start("follower", executor, [&](BackgroundLoops::StopFlag stop) -> Task<void> {
    co_await follower.run(stop);
    ended_run = true;
  });
  const auto token = codec.sign(claims);
  executor.run_until([&] { return follower.caught_up(); });
  EXPECT_TRUE(authenticator.authenticate(token));
  feed.failing = true;
  executor.run_until([&] { return !revocations.are_known(); });
  EXPECT_EQ(authenticator.authenticate(token).error().code, ErrorCode::unavailable) << "not that it is dead";
  feed.failing = false;
  executor.run_until([&] { return revocations.are_known(); });
  EXPECT_TRUE(authenticator.authenticate(token));
  loops.request_stop();
  executor.run_until([&] { return ended_run; });
}

}  // namespace
}  // namespace cloudcart::auth
