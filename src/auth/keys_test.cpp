#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/hmac.h>
#include <sys/stat.h>

#include "auth/key_follower.h"
#include "auth/token_authenticator.h"
#include "core/id_generator.h"
#include "core/text.h"
#include "support/fake_clock.h"
#include "support/temp_folder.h"

namespace cloudcart::auth {
namespace {

using std::chrono::hours;

constexpr seconds token_life = hours{24};

class KeysTest : public testing::Test {
 protected:
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  const std::string first_secret = std::string(32, '1'), second_secret = std::string(32, '2');
  KeySet first = KeySet::of_secret(first_secret).value();
  std::shared_ptr<KeyRing> ring = std::make_shared<KeyRing>(first);
  TokenCodec codec{ring, clock};

  AccessClaims claims() {
    return {.tenant = {"main"},
            .user = ids.next_id<UserId>(),
            .email = "ada@example.com",
            .role = Role::admin,
            .session = ids.next_id<SessionId>(),
            .token_id = ids.next(),
            .rights_since = clock.now(),
            .issued_at = clock.now(),
            .expires_at = clock.now() + token_life};
  }
  std::string token() { return codec.sign(claims()); }
  KeySet rotate(milliseconds lead = seconds{10}) {
    return ring->current()->rotated(new_secret(), clock.now(), lead, token_life).value();
  }
  static std::string header_of(const std::string& token) {
    return base64url_decode(split(token, '.')[0]).value();
  }
  std::string signer() { return ring->current()->signer(clock.now()).id; }
};

TEST_F(KeysTest, TokensNameTheirKey) {
  EXPECT_EQ(header_of(token()), R"({"alg":"HS256","kid":")" + first.keys()[0].id + R"(","typ":"JWT"})");
  EXPECT_EQ(KeySet::of_secret(first_secret)->keys()[0].id, first.keys()[0].id) << "the same in every process";
  EXPECT_NE(KeySet::of_secret(second_secret)->keys()[0].id, first.keys()[0].id);
}

TEST_F(KeysTest, ANewKeyIsKnownBeforeItSigns) {
  const auto before = signer();
  ring->replace(rotate(seconds{10}));
  const auto after = ring->current()->keys().back().id;
  EXPECT_EQ(signer(), before);
  clock.advance(seconds{10} - milliseconds{1});
  EXPECT_EQ(signer(), before);
  clock.advance(milliseconds{1});
  EXPECT_EQ(signer(), after);
  EXPECT_TRUE(codec.verify(token()));
}

TEST_F(KeysTest, OldTokensLiveUntilTheyExpire) {
  ring->replace(rotate(seconds{10}));
  clock.advance(seconds{9});
  const auto old = token();
  clock.advance(token_life - seconds{1});
  EXPECT_TRUE(codec.verify(old));
  EXPECT_NE(header_of(old), header_of(token()));
  clock.advance(seconds{1});
  EXPECT_FALSE(codec.verify(old));
}

/// Somebody configured a longer life than the one that keys were rotated with.
TEST_F(KeysTest, NoTokenOutlivesItsKey) {
  auto long_lived = claims();
  long_lived.expires_at = clock.now() + hours{24 * 365};
  const auto old = codec.sign(long_lived);
  ring->replace(rotate(seconds{0}));
  Revocations revocations{clock};
  const TokenAuthenticator authenticator{codec, revocations, clock};
  EXPECT_TRUE(authenticator.authenticate(old));
  clock.advance(token_life + seconds{60} - milliseconds{1});
  EXPECT_TRUE(authenticator.authenticate(old));
  clock.advance(milliseconds{1});
  EXPECT_FALSE(authenticator.authenticate(old)) << "not even from what was verified before";
  EXPECT_FALSE(codec.verify(old));
}

TEST_F(KeysTest, ARevokedKeysTokensAreDeadAtOnce) {
  const auto old = token();
  Revocations revocations{clock};
  const TokenAuthenticator authenticator{codec, revocations, clock};
  const auto rotated = rotate(seconds{0});
  ring->replace(rotated);
  const auto young = token();
  EXPECT_TRUE(authenticator.authenticate(old));
  EXPECT_TRUE(authenticator.authenticate(young));
  ring->replace(rotated.without(first.keys()[0].id).value());
  EXPECT_FALSE(authenticator.authenticate(old));
  EXPECT_TRUE(authenticator.authenticate(young));
}

TEST_F(KeysTest, TheNewestKeyCannotBeRevoked) {
  EXPECT_EQ(first.without(first.keys()[0].id).error().code, ErrorCode::conflict);
  EXPECT_EQ(first.without("0000").error().code, ErrorCode::not_found);
  const auto alone = rotate(seconds{10}).newest_alone(clock.now());
  ASSERT_EQ(alone.keys().size(), 1);
  EXPECT_EQ(alone.signer(clock.now()).id, alone.keys()[0].id);
}

TEST_F(KeysTest, KeysAreBounded) {
  auto keys = first;
  for (std::size_t i = 1; i < KeySet::most_keys; ++i)
    keys = keys.rotated(new_secret(), clock.now() + seconds{static_cast<long>(i)}, seconds{0}, token_life)
               .value();
  EXPECT_EQ(keys.rotated(new_secret(), clock.now() + hours{1}, seconds{0}, token_life).error().code,
            ErrorCode::conflict);
  clock.advance(hours{30});
  const auto later = keys.rotated(new_secret(), clock.now(), seconds{0}, token_life);
  ASSERT_TRUE(later) << "those that have ended make room";
  EXPECT_EQ(later->keys().size(), 2);
}

TEST_F(KeysTest, AClockThatIsBehindSignsWithTheOldestKey) {
  ring->replace(KeySet::parse(rotate(seconds{0}).newest_alone(clock.now()).to_text()).value());
  clock.advance(-hours{1});
  EXPECT_TRUE(codec.verify(token()));
}

TEST_F(KeysTest, GoThroughTheFileUnchanged) {
  const auto keys = rotate().rotated(second_secret, clock.now() + seconds{1}, seconds{5}, token_life).value();
  const auto read = KeySet::parse(keys.to_text());
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->keys().size(), 3);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read->keys()[i].id, keys.keys()[i].id);
    EXPECT_EQ(read->keys()[i].signs_from, keys.keys()[i].signs_from);
    EXPECT_EQ(read->keys()[i].valid_until, keys.keys()[i].valid_until);
  }
  EXPECT_EQ(KeySet::parse(first_secret + "\n")->keys()[0].id, first.keys()[0].id)
      << "a file of earlier versions";
}

TEST_F(KeysTest, FilesThatAreNoneAreRefused) {
  const std::string good = R"({"secret":")" + first_secret + R"(","signs_from":"2026-01-01T00:00:00.000Z"})";
  EXPECT_TRUE(KeySet::parse(R"({"keys":[)" + good + "]}"));
  const std::string older =
      R"({"secret":")" + second_secret + R"(","signs_from":"2025-01-01T00:00:00.000Z"})";
  EXPECT_TRUE(KeySet::parse(R"({"keys":[)" + older + "," + good + "]}"));
  EXPECT_FALSE(KeySet::parse(R"({"keys":[)" + good + "," + older + "]}"));
  std::string many = R"({"keys":[)" + good;
  for (std::size_t i = 0; i < KeySet::most_keys; ++i) many += "," + good;
  for (const std::string& text :
       {std::string{}, std::string{"short"}, std::string{"{"}, std::string{"{}"},
        std::string{R"({"keys":[]})"}, std::string{R"({"keys":{}})"}, std::string{R"({"keys":["x"]})"},
        std::string{R"({"keys":[{}]})"},
        std::string{R"({"keys":[{"secret":"short","signs_from":"2026-01-01T00:00:00.000Z"}]})"},
        R"({"keys":[{"secret":")" + first_secret + R"(","signs_from":"soon"}]})", many + "]}"})
    EXPECT_FALSE(KeySet::parse(text)) << text;
}

/// Ways to make a token be taken that nobody signed for, or that is not what it seems.
class TokenAttackTest : public KeysTest {
 protected:
  static std::string hmac(std::string_view key, std::string_view text, const EVP_MD* digest = EVP_sha256()) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    HMAC(digest, key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(out.data()), &size);
    out.resize(size);
    return out;
  }
  static std::string forge(std::string_view header, std::string_view claims, std::string_view key,
                           const EVP_MD* digest = EVP_sha256()) {
    const auto text = base64url_encode(header) + "." + base64url_encode(claims);
    return text + "." + base64url_encode(hmac(key, text, digest));
  }
  std::string payload() { return base64url_decode(split(token(), '.')[1]).value(); }
  std::string payload_with(std::string_view what, std::string_view by) {
    auto text = payload();
    const auto at = text.find(what);
    EXPECT_NE(at, std::string::npos) << what;
    return text.replace(at, what.size(), by);
  }
};

TEST_F(TokenAttackTest, AllAreRefusedAlike) {
  const auto kid = first.keys()[0].id;
  const auto& secret = first_secret;
  const auto good = payload();
  const auto header = [&](const std::string& more) { return R"({"alg":"HS256","typ":"JWT")" + more + "}"; };
  const auto named = header(R"(,"kid":")" + kid + R"(")");
  ASSERT_TRUE(codec.verify(forge(named, good, secret)));
  ASSERT_TRUE(codec.verify(forge(header(""), good, secret))) << "as earlier versions signed";
  const auto unsigned_text =
      base64url_encode(R"({"alg":"none","typ":"JWT"})") + "." + base64url_encode(good) + ".";
  const auto valid = token();
  auto other_spelling = valid;
  other_spelling.back() = static_cast<char>(valid.back() + 1);
  const auto exp = std::to_string(to_unix_ms(clock.now() + token_life) / 1000);
  const std::vector<std::pair<std::string, std::string>> attacks{
      {"no algorithm", unsigned_text},
      {"no algorithm, capitals", base64url_encode(R"({"alg":"NoNe"})") + "." + base64url_encode(good) + "."},
      {"no algorithm beside a signature", forge(R"({"alg":"none"})", good, secret)},
      {"another algorithm, HS512", forge(R"({"alg":"HS512"})", good, secret, EVP_sha512())},
      {"another algorithm, signed as ours", forge(R"({"alg":"RS256"})", good, secret)},
      {"algorithm twice", forge(R"({"alg":"HS256","alg":"none"})", good, secret)},
      {"the header as key", forge(named, good, named)},
      {"the key id as key", forge(named, good, kid)},
      {"an empty key", forge(named, good, "")},
      {"an unknown key id, signed by a stranger",
       forge(header(R"(,"kid":"0123456789abcdef")"), good, second_secret)},
      {"an unknown key id, signed by us", forge(header(R"(,"kid":"0123456789abcdef")"), good, secret)},
      {"a path as key id", forge(header(R"(,"kid":"../../../dev/null")"), good, "")},
      {"SQL as key id", forge(header(R"(,"kid":"x' UNION SELECT 'k")"), good, "k")},
      {"a number as key id", forge(header(R"(,"kid":1)"), good, secret)},
      {"jku", forge(header(R"(,"jku":"https://evil.example/keys")"), good, secret)},
      {"jwk", forge(header(R"(,"jwk":{"kty":"oct","k":"AAAA"})"), good, secret)},
      {"x5u", forge(header(R"(,"x5u":"https://evil.example/cert")"), good, secret)},
      {"x5c", forge(header(R"(,"x5c":["AAAA"])"), good, secret)},
      {"crit", forge(header(R"(,"crit":["exp"])"), good, secret)},
      {"b64", forge(header(R"(,"b64":false)"), good, secret)},
      {"no expiry", forge(named, payload_with(",\"exp\":" + exp, ""), secret)},
      {"expired", forge(named, payload_with(exp, std::to_string(to_unix_ms(clock.now()) / 1000)), secret)},
      {"expiry as text", forge(named, payload_with(exp, "\"" + exp + "\""), secret)},
      {"another audience", forge(named, payload_with("cloudcart-api", "cloudcart-web"), secret)},
      {"an audience list", forge(named, payload_with("\"cloudcart-api\"", "[\"cloudcart-api\"]"), secret)},
      {"another issuer", forge(named, payload_with("\"iss\":\"cloudcart\"", "\"iss\":\"evil\""), secret)},
      {"no issuer", forge(named, payload_with("\"iss\":\"cloudcart\",", ""), secret)},
      {"a raised role without a signature for it", std::string{split(valid, '.')[0]} + "." +
                                                       base64url_encode(payload_with("admin", "staff")) +
                                                       "." + std::string{split(valid, '.')[2]}},
      {"base64 that is not canonical", other_spelling},
      {"padding", valid + "="},
      {"white space", valid + " "},
      {"a fourth part", valid + "." + valid},
      {"huge", forge(named, payload_with("ada@", std::string(64 * 1024, 'a') + "@"), secret)},
      {"huge and nothing else", std::string(1 << 20, 'a')},
      {"dots", std::string(4096, '.')},
      {"nothing", ""}};
  for (const auto& [name, token] : attacks) {
    const auto answer = codec.verify(token);
    ASSERT_FALSE(answer) << name;
    EXPECT_EQ(answer.error().code, ErrorCode::unauthenticated) << name;
    EXPECT_EQ(answer.error().message, TokenCodec::refusal().error().message) << name;
  }
}

class KeyFileTest : public KeysTest {
 protected:
  test::TempFolder folder;
  const std::filesystem::path path = folder.path() / "jwt.secret";
  const KeyFile file{path, Secrecy::owner_only};

  void write(std::string_view text, mode_t mode = 0600) {
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
  }
  mode_t mode() {
    struct stat status{};
    EXPECT_EQ(stat(path.c_str(), &status), 0);
    return status.st_mode & 0777;
  }
  std::string refusal() {
    try {
      file.read_or_create();
    } catch (const std::runtime_error& failure) {
      return failure.what();
    }
    return "";
  }
};

TEST_F(KeyFileTest, IsMadeOnceForItsOwnerOnly) {
  const auto made = file.read_or_create();
  EXPECT_EQ(made.keys()[0].secret.size(), 64U);
  EXPECT_EQ(file.read_or_create().keys()[0].id, made.keys()[0].id);
  EXPECT_EQ(mode(), 0600U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1)
      << "no draft stays behind";
  test::TempFolder other;
  EXPECT_NE(KeyFile(other.path() / "jwt.secret", Secrecy::owner_only).read_or_create().keys()[0].id,
            made.keys()[0].id);
}

TEST_F(KeyFileTest, ShortAndReadableOnesAreRefusedWithTheMend) {
  write("short\n");
  EXPECT_THAT(refusal(), testing::AllOf(testing::HasSubstr("jwt.secret"), testing::HasSubstr("at least 32")));
  write(std::string(40, 'x'), 0644);
  EXPECT_THAT(refusal(), testing::HasSubstr("chmod 600"));
  EXPECT_TRUE(KeyFile(path, Secrecy::as_mounted).read()) << "the operator's own business";
  write(std::string(40, 'x') + "\n");
  EXPECT_EQ(file.read_or_create().keys()[0].secret, std::string(40, 'x'));
}

TEST_F(KeyFileTest, ChangesAtOnceAreAllKept) {
  file.read_or_create();
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        const auto changed = file.change([&](const KeySet& keys) {
          return keys.rotated(new_secret(), clock.now(), seconds{0}, token_life);
        });
        EXPECT_TRUE(changed) << changed.error().message;
      });
  }
  EXPECT_EQ(file.read()->keys().size(), 5U);
  EXPECT_EQ(mode(), 0600U);
}

TEST_F(KeyFileTest, AChangeThatFailsChangesNothing) {
  const auto before = file.read_or_create();
  EXPECT_FALSE(file.change([](const KeySet& keys) { return keys.without("0000"); }));
  EXPECT_EQ(file.read()->keys()[0].id, before.keys()[0].id);
}

TEST_F(KeyFileTest, TheFollowerTakesOverWhatTheFileHolds) {
  ring->replace(file.read_or_create());
  OffloadPool readers{"reader", 1, 10};
  KeyFollower follower{file, *ring, readers, milliseconds{1}};
  ASSERT_TRUE(sync_wait(follower.look()));
  const auto generation = ring->generation();
  ASSERT_TRUE(sync_wait(follower.look()));
  EXPECT_EQ(ring->generation(), generation) << "what has not changed is not taken over again";
  const auto rotated = file.change(
      [&](const KeySet& keys) { return keys.rotated(second_secret, clock.now(), seconds{0}, token_life); });
  ASSERT_TRUE(rotated);
  ASSERT_TRUE(sync_wait(follower.look()));
  EXPECT_EQ(signer(), rotated->keys().back().id);
  write("broken");
  EXPECT_FALSE(sync_wait(follower.look()));
  EXPECT_EQ(signer(), rotated->keys().back().id) << "what is known stays in force";
  std::filesystem::remove(path);
  EXPECT_FALSE(sync_wait(follower.look()));
  EXPECT_EQ(signer(), rotated->keys().back().id);
}

}  // namespace
}  // namespace cloudcart::auth
