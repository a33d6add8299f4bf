#include "user/http/routes.h"

#include <gtest/gtest.h>

#include "adapters/memory/user/memory_erasure_repository.h"
#include "adapters/memory/user/memory_session_repository.h"
#include "adapters/memory/user/memory_setup_repository.h"
#include "adapters/memory/user/memory_user_repository.h"
#include "adapters/memory/user/plain_password_hasher.h"
#include "auth/token_authenticator.h"
#include "core/text.h"
#include "support/fake_clock.h"
#include "support/http_client.h"

namespace cloudcart::user {
namespace {

/// The routes with real tokens, so that a dead one is seen to be dead.
class UserRoutesTest : public testing::Test {
 protected:
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  memory::MemoryUserStore store;
  memory::MemoryUserRepository users{store};
  memory::MemorySessionRepository sessions{store};
  memory::MemoryErasureRepository erasures{store};
  memory::PlainPasswordHasher hasher;
  auth::TokenCodec tokens{std::string(32, 's'), clock};
  auth::Revocations revocations{clock};
  auth::TokenAuthenticator authenticator{tokens, revocations, clock};
  memory::MemorySetupRepository setup{store};
  UserApp app{{users, sessions, setup, erasures, hasher, tokens, revocations, clock, ids}};
  std::vector<std::string> begun;      ///< on routes for anyone: who, in what role, by which action
  std::optional<Error> audit_failure;  ///< the trail cannot be written
  test::HttpClient client{noting(user_routes(app)), authenticator, clock};

  static constexpr std::string_view registration =
      R"({"email":"ada@example.com","password":"correct horse","first_name":"Ada","last_name":"Lovelace"})";

  test::HttpReply post(std::string path, std::string_view body) {
    return client.as_nobody().post("/api/users/" + path, std::string{body});
  }
  test::HttpReply sign_up() { return post("register", registration); }
  std::string token_of(const test::HttpReply& reply) { return reply.text("/data/token"); }
  test::HttpClient::Session as(const std::string& token) { return client.with_token(token); }
  std::string employee(Role role) {
    const auto email = std::string{to_string(role)} + "@example.com";
    EXPECT_TRUE(sync_wait(app.create_user({}, {email, role, "correct horse"})));
    return token_of(post("login", R"({"email":")" + email + R"(","password":"correct horse"})"));
  }
  /// What the audit trail adds to the routes, as far as handlers see it.
  std::vector<http::Route> noting(std::vector<http::Route> routes) {
    for (auto& route : routes) {
      if (!route.audit) continue;
      route.handler = [this, action = route.audit->action,
                       handler = std::move(route.handler)](http::Request& request) {
        request.audit_as = [this, action](const Caller& actor) { return note(actor, action); };
        return handler(request);
      };
    }
    return routes;
  }
  Task<Status> note(Caller actor, std::string action) {
    if (audit_failure) co_return fail(*audit_failure);
    begun.push_back(actor.user
                        ? actor.user->to_string() + " " + std::string{to_string(actor.role)} + " " + action
                        : "nobody " + action);
    co_return Status{};
  }
  int profile_status(const std::string& token) { return as(token).get("/api/users/profile").status; }
  std::vector<std::string> fields_of(const test::HttpReply& reply) {
    EXPECT_EQ(reply.status, 400) << reply.body;
    EXPECT_EQ(reply.code(), "validation_failed");
    std::vector<std::string> names;
    for (const auto& error : reply.at("/errors").as_array()) {
      const std::string text{error.as_string()};
      names.push_back(text.substr(0, text.find(':')));
    }
    return names;
  }
};

using Names = std::vector<std::string>;

TEST_F(UserRoutesTest, RegisteringAnswersAccountAndSession) {
  const auto reply = sign_up();
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(reply.text("/data/user/email"), "ada@example.com");
  EXPECT_EQ(reply.text("/data/user/role"), "customer");
  EXPECT_EQ(reply.text("/data/user/created_at"), "2026-01-15T12:00:00.000Z");
  EXPECT_FALSE(reply.at("/data/user").as_object().contains("is_active"));
  EXPECT_FALSE(reply.body.contains("correct horse"));
  EXPECT_EQ(reply.at("/data/expires_in").as_int64(), 86400);
  EXPECT_EQ(reply.headers.find("Cache-Control"), "no-store");
  const auto profile = as(token_of(reply)).get("/api/users/profile");
  EXPECT_EQ(profile.at("/data/user"), reply.at("/data/user"));
}

TEST_F(UserRoutesTest, RegisteringNamesEveryViolationAtOnce) {
  EXPECT_EQ(fields_of(post("register", "{}")), (Names{"email", "password", "first_name", "last_name"}));
  EXPECT_EQ(
      fields_of(post("register", R"({"email":"nobody","password":"short","first_name":"A","last_name":7})")),
      (Names{"email", "password", "first_name", "last_name"}));
  EXPECT_EQ(fields_of(post("register", "[]")), Names{"body"});
  const std::string long_password(73, 'p');
  EXPECT_EQ(fields_of(post("register", R"({"email":"a@b","password":")" + long_password +
                                           R"(","first_name":"Ada","last_name":"Lovelace"})")),
            Names{"password"});
  EXPECT_EQ(fields_of(post("register", R"({"email":"a@b","password":"12345678\u0000","first_name":"Ada",
                                           "last_name":"Lovelace"})")),
            Names{"password"});
  EXPECT_TRUE(store.users.empty());
}

TEST_F(UserRoutesTest, BodiesThatCannotBeReadAreRefused) {
  EXPECT_EQ(post("register", "{").code(), "malformed_request");
  EXPECT_EQ(post("login", R"({"email":"a","email":"b","password":"c"})").code(), "malformed_request");
  http::Headers form;
  form.set("Content-Type", "application/x-www-form-urlencoded");
  EXPECT_EQ(client.as_nobody().post("/api/users/login", "email=a", form).status, 415);
}

TEST_F(UserRoutesTest, OneEmailOneAccountAndNoRoleFromTheBody) {
  sign_up();
  const auto again =
      post("register", R"({"email":" ADA@example.com ","password":"correct horse","first_name":"Eve",
                                          "last_name":"Other","role":"admin"})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.code(), "conflict");
  EXPECT_EQ(again.text("/errors/0"), "email: is taken");
  const auto eve =
      post("register", R"({"email":"eve@example.com","password":"correct horse","first_name":"Eve",
                                        "last_name":"Other","role":"admin","is_active":false})");
  EXPECT_EQ(eve.text("/data/user/role"), "customer");
}

TEST_F(UserRoutesTest, SigningIn) {
  sign_up();
  EXPECT_EQ(post("login", R"({"email":"Ada@Example.com","password":"correct horse"})").status, 200);
  const auto wrong = post("login", R"({"email":"ada@example.com","password":"wrong"})");
  const auto unknown = post("login", R"({"email":"nobody@example.com","password":"wrong"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(wrong.text("/message"), unknown.text("/message"));
  EXPECT_EQ(fields_of(post("login", R"({"email":"","password":5})")), (Names{"email", "password"}));
}

TEST_F(UserRoutesTest, ThrottledAttemptsAre429WithTheTimeToWait) {
  sign_up();
  test::HttpReply reply;
  for (int i = 0; i < 15; ++i) reply = post("login", R"({"email":"ada@example.com","password":"wrong"})");
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.code(), "rate_limited");
  const auto seconds = reply.headers.find("Retry-After");
  EXPECT_TRUE(seconds == "1" || seconds == "2") << seconds.value_or("none");
}

TEST_F(UserRoutesTest, AnIpv6NetworkCountsAsOneAddress) {
  const auto guess = [&](int i, const std::string& network) {
    client.set_address(network + std::to_string(i));
    return post("login", R"({"email":"guess)" + std::to_string(i) + R"(@example.com","password":"wrong"})")
        .status;
  };
  for (int i = 0; i <= ThrottleOptions{}.address.free_failures; ++i)
    ASSERT_EQ(guess(i, "2001:db8:1:2::"), 401) << i;
  EXPECT_EQ(guess(100, "2001:db8:1:2::"), 429) << "another address of the same subscriber";
  EXPECT_EQ(guess(100, "2001:db8:1:3::"), 401) << "another subscriber";
}

TEST_F(UserRoutesTest, DeactivationAndRoleChangeTakeEffectAtOnce) {
  const auto admin = employee(Role::admin);
  const auto session = sign_up();
  const auto path = "/api/users/" + session.text("/data/user/id");

  const auto promoted = as(admin).put(path, R"({"role":"admin"})");
  ASSERT_EQ(promoted.status, 200) << promoted.body;
  EXPECT_EQ(promoted.text("/data/user/role"), "admin");
  EXPECT_TRUE(promoted.at("/data/user/is_active").as_bool());
  EXPECT_EQ(profile_status(token_of(session)), 401);
  const auto fresh = post("refresh", R"({"refresh_token":")" + session.text("/data/refresh_token") + "\"}");
  EXPECT_EQ(as(token_of(fresh)).get("/api/users/all").status, 200);

  EXPECT_EQ(as(admin).put(path, R"({"is_active":false})").status, 200);
  EXPECT_EQ(profile_status(token_of(fresh)), 401);
  const auto refused = post("login", R"({"email":"ada@example.com","password":"correct horse"})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "forbidden");
}

TEST_F(UserRoutesTest, ChangingAccountsNamesWhatIsWrong) {
  const auto admin = employee(Role::admin);
  const auto id = sign_up().text("/data/user/id");
  EXPECT_EQ(fields_of(as(admin).put("/api/users/" + id, "{}")), Names{"body"});
  EXPECT_EQ(fields_of(as(admin).put("/api/users/" + id, R"({"role":"root","is_active":"no"})")),
            (Names{"role", "is_active"}));
  EXPECT_EQ(fields_of(as(admin).put("/api/users/not-an-id", R"({"role":"staff"})")), Names{"id"});
  EXPECT_EQ(as(admin).put("/api/users/" + ids.next().to_string(), R"({"role":"staff"})").status, 404);
  const auto own = "/api/users/" + as(admin).get("/api/users/profile").text("/data/user/id");
  EXPECT_EQ(as(admin).put(own, R"({"role":"customer"})").status, 409);
  EXPECT_EQ(profile_status(admin), 200);
}

TEST_F(UserRoutesTest, LoggingOutAndRefreshing) {
  const auto session = sign_up();
  const auto refresh = R"({"refresh_token":")" + session.text("/data/refresh_token") + "\"}";
  const auto rotated = post("refresh", refresh);
  ASSERT_EQ(rotated.status, 200) << rotated.body;
  EXPECT_EQ(rotated.headers.find("Cache-Control"), "no-store");
  EXPECT_EQ(as(token_of(rotated)).post("/api/users/logout", "").status, 200);
  EXPECT_EQ(profile_status(token_of(rotated)), 401);
  EXPECT_EQ(profile_status(token_of(session)), 401);
  EXPECT_EQ(post("refresh", refresh).status, 401);
  EXPECT_EQ(fields_of(post("refresh", R"({"refresh_token":""})")), Names{"refresh_token"});
}

TEST_F(UserRoutesTest, OneUseCodes) {
  const auto user = UserId::parse(sign_up().text("/data/user/id")).value();
  const auto code = sync_wait(app.issue_sign_in_code({}, user)).value();
  EXPECT_EQ(post("login/code", R"({"code":")" + code + "\"}").status, 200);
  EXPECT_EQ(post("login/code", R"({"code":")" + code + "\"}").status, 401);
  EXPECT_EQ(fields_of(post("login/code", R"({"code":5})")), Names{"code"});

  const auto reset = sync_wait(app.issue_sign_in_code.for_reset({}, user)).value().code;
  const auto other = sync_wait(app.issue_sign_in_code({}, user)).value();
  const auto set_by = [&](const std::string& with) {
    return post("password/reset", R"({"code":")" + with + R"(","new_password":"better horse"})").status;
  };
  EXPECT_EQ(post("login/code", R"({"code":")" + reset + "\"}").status, 401) << "sets a password, and no more";
  EXPECT_EQ(set_by(other), 401) << "signs in, and no more";
  EXPECT_EQ(set_by(reset), 200);
  EXPECT_EQ(post("login/code", R"({"code":")" + other + "\"}").status, 401) << "ended with the password";
}

TEST_F(UserRoutesTest, WhoseCodeItIsIsToldForTheAuditTrail) {
  employee(Role::admin);
  const auto user = store.find_by_email({"main"}, "admin@example.com")->id;
  const auto code = R"({"code":")" + sync_wait(app.issue_sign_in_code({}, user)).value() + "\"}";
  EXPECT_EQ(post("login/code", code).status, 200);
  const auto reset = R"({"new_password":"better horse","code":")" +
                     sync_wait(app.issue_sign_in_code.for_reset({}, user)).value().code + "\"}";
  EXPECT_EQ(post("password/reset", reset).status, 200);
  const auto admin = user.to_string() + " admin ";
  EXPECT_EQ(begun, (Names{admin + "user.log_in_by_code", admin + "user.reset_password"}));
  EXPECT_EQ(post("login/code", code).status, 401);
  EXPECT_EQ(post("password/reset", reset).status, 401);
  EXPECT_EQ(begun.size(), 2U) << "anybody can try codes";
}

TEST_F(UserRoutesTest, NothingIsDoneByACodeBeforeItIsRecorded) {
  employee(Role::staff);
  const auto user = store.find_by_email({"main"}, "staff@example.com")->id;
  const auto body = R"({"new_password":"better horse","code":")" +
                    sync_wait(app.issue_sign_in_code.for_reset({}, user)).value().code + "\"}";
  const auto before = store.find({"main"}, user)->password_hash;
  audit_failure = Error{ErrorCode::unavailable, "The store does not answer.", {}};
  EXPECT_EQ(post("password/reset", body).status, 503);
  EXPECT_EQ(store.find({"main"}, user)->password_hash, before);
  EXPECT_EQ(store.codes.size(), 1U) << "the code is good for another try";
}

TEST_F(UserRoutesTest, TheFirstAdminIsRecordedBeforeItIsMade) {
  const auto token = sync_wait(app.set_up_shop.offer({})).value().value();
  const auto set_up = [&](const std::string& with) {
    return post("setup", R"({"token":")" + with + "\"," + std::string{registration.substr(1)}).status;
  };
  EXPECT_EQ(set_up("guessed"), 401);
  EXPECT_TRUE(begun.empty());
  audit_failure = Error{ErrorCode::unavailable, "The store does not answer.", {}};
  EXPECT_EQ(set_up(token), 503);
  EXPECT_TRUE(store.users.empty());
  audit_failure.reset();
  EXPECT_EQ(set_up(token), 201);
  EXPECT_EQ(begun, Names{"nobody user.set_up"});
}

TEST_F(UserRoutesTest, WhatTheStaffMayChangeIsDeclaredToTheAuditTrail) {
  for (const auto& route : user_routes(app)) {
    if (http::must_be_audited(route)) EXPECT_TRUE(route.audit) << route.path;
  }
}

TEST_F(UserRoutesTest, ProfilesAreUpdated) {
  const auto token = token_of(sign_up());
  clock.advance(seconds{1});
  const auto reply = as(token).put("/api/users/profile", R"({"first_name":" Augusta ","role":"admin"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.text("/data/user/first_name"), "Augusta");
  EXPECT_EQ(reply.text("/data/user/role"), "customer");
  EXPECT_EQ(reply.text("/data/user/updated_at"), "2026-01-15T12:00:01.000Z");
  EXPECT_EQ(fields_of(as(token).put("/api/users/profile", R"({"role":"admin"})")), Names{"body"});
  EXPECT_EQ(
      fields_of(as(token).put("/api/users/profile", R"({"email":"@","first_name":"","last_name":"B"})")),
      (Names{"email", "first_name", "last_name"}));
}

TEST_F(UserRoutesTest, AdminsPageThroughAllAccounts) {
  const auto admin = employee(Role::admin);
  for (int i = 0; i < 4; ++i) {
    clock.advance(seconds{1});
    post("register",
         R"({"email":"u)" + std::to_string(i) +
             R"(@example.com","password":"correct horse","first_name":"Ada","last_name":"Lovelace"})");
  }
  const auto first = as(admin).get("/api/users/all?limit=2");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.text("/data/users/0/email"), "u3@example.com");
  EXPECT_TRUE(first.at("/data/users/0/is_active").as_bool());
  EXPECT_EQ(first.at("/data/pagination/total").as_int64(), 5);
  EXPECT_EQ(first.at("/data/pagination/pages").as_int64(), 3);
  const auto second = as(admin).get("/api/users/all?limit=2&cursor=" + first.text("/data/next_cursor"));
  EXPECT_EQ(second.at("/data/users"), as(admin).get("/api/users/all?limit=2&page=2").at("/data/users"));
  const auto third = as(admin).get("/api/users/all?limit=2&cursor=" + second.text("/data/next_cursor"));
  EXPECT_EQ(third.text("/data/users/0/email"), "admin@example.com");
  EXPECT_TRUE(third.at("/data/next_cursor").is_null());
  EXPECT_EQ(fields_of(as(admin).get("/api/users/all?cursor=abc&limit=0")), (Names{"limit", "cursor"}));
}

TEST_F(UserRoutesTest, ServicesReadTheFeed) {
  const auto token = token_of(sign_up());
  ASSERT_EQ(as(token).post("/api/users/logout", "").status, 200);
  const auto service = tokens.sign_service();
  const auto reply = as(service).get("/internal/revocations?after=0");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.text("/data/revocations/0/kind"), "session");
  EXPECT_EQ(reply.at("/data/last").as_int64(), 1);
  EXPECT_TRUE(as(service).get("/internal/revocations?after=1").at("/data/revocations").as_array().empty());
  EXPECT_EQ(fields_of(as(service).get("/internal/revocations?after=-1")), Names{"after"});
}

TEST_F(UserRoutesTest, ServicesAskWhetherAnAccountExists) {
  const auto id = sign_up().text("/data/user/id");
  const auto service = tokens.sign_service();
  EXPECT_EQ(as(service).get("/internal/users/" + id).text("/data/user/id"), id);
  EXPECT_EQ(as(service).get("/internal/users/01930c5e-7e6d-7abc-8def-00000000ffff").status, 404);
  EXPECT_EQ(as(service).get("/internal/users/nobody").status, 400);
}

TEST_F(UserRoutesTest, NobodyCanHideAnotherFromTheOperator) {
  const auto id = sign_up().text("/data/user/id");
  // In a search for the address these come first: by their names, in the order of their addresses.
  for (int i = 10; i < 70; ++i) {
    const auto email = "a" + std::to_string(i) + "@example.com";
    ASSERT_EQ(post("register", R"({"email":")" + email + R"(","password":"correct horse",
                                   "first_name":"ada@example.com","last_name":"Hider"})")
                  .status,
              201);
  }
  const auto service = tokens.sign_service();
  EXPECT_EQ(as(service).get("/internal/users?email=ADA@example.com").text("/data/id"), id);
  EXPECT_EQ(as(service).get("/internal/users?email=ada@example.co").status, 404);
  EXPECT_EQ(fields_of(as(service).get("/internal/users")), Names{"email"});
}

TEST_F(UserRoutesTest, TheOperatorsCommandMakesAccounts) {
  const auto service = tokens.sign_service();
  const std::string body = R"({"email":"root@example.com","role":"admin","password":"correct horse"})";
  const auto made = as(service).post("/internal/users", body);
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.text("/data/user/role"), "admin");
  EXPECT_EQ(as(service).post("/internal/users", body).status, 409);
  EXPECT_EQ(
      as(service)
          .post(
              "/internal/users",
              R"({"email":"root@example.com","role":"staff","password":"another horse","update_existing":true})")
          .status,
      200);
  EXPECT_EQ(
      fields_of(as(service).post("/internal/users", R"({"email":"@","role":"admin","password":"short"})")),
      (Names{"email", "password"}));
}

TEST_F(UserRoutesTest, EachRouteIsForThoseItNames) {
  struct Case {
    std::string_view method, path;
    std::vector<std::string_view> allowed;
  };
  const std::vector<Case> cases{
      {"POST", "/api/users/logout", {"customer", "analyst", "staff", "admin"}},
      {"GET", "/api/users/profile", {"customer", "analyst", "staff", "admin"}},
      {"PUT", "/api/users/profile", {"customer", "analyst", "staff", "admin"}},
      {"GET", "/api/users/all", {"admin"}},
      {"PUT", "/api/users/01932c07-8f1a-7c3e-9b55-0a4c1d2e3f40", {"admin"}},
      {"GET", "/internal/revocations", {"service"}},
      {"POST", "/internal/users", {"service"}},
  };
  for (const auto& [method, path, allowed] : cases) {
    const std::string body = method == "GET" ? "" : "{}";
    const auto status_for = [&](const std::string& token) {
      return as(token).send(http::parse_method(method), std::string{path}, body, {}).status;
    };
    EXPECT_EQ(status_for(""), 401) << path;
    for (const auto role : {Role::customer, Role::analyst, Role::staff, Role::admin}) {
      // A fresh account each time: logging out is one of the cases.
      store = {};
      const bool expected = std::ranges::find(allowed, to_string(role)) != allowed.end();
      EXPECT_EQ(status_for(employee(role)) != 403, expected)
          << method << " " << path << " as " << to_string(role);
    }
    const bool for_services = std::ranges::find(allowed, "service") != allowed.end();
    EXPECT_EQ(status_for(tokens.sign_service()) != 403, for_services) << path;
  }
}

}  // namespace
}  // namespace cloudcart::user
