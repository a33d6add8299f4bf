#include <gtest/gtest.h>

#include "adapters/memory/audit/memory_audit_trail.h"
#include "audit/audit_routes.h"
#include "audit/audited_routes.h"
#include "audit/verify_chain.h"
#include "core/id_generator.h"
#include "support/fake_clock.h"
#include "support/http_client.h"

namespace cloudcart::audit {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

/// Routes that do what their body says, with a trail in memory.
class AuditedRoutesTest : public testing::Test {
 protected:
  test::FakeClock clock;
  SystemIdGenerator ids{clock};
  memory::MemoryAuditTrail trail;
  const UserId ada = ids.next_id<UserId>();
  int calls = 0;
  std::vector<std::string> seen_by_handler;  ///< outcomes on disk when the handler ran

  http::Handler handler() {
    return [this](Request& request) -> Task<Result<Response>> {
      ++calls;
      for (const auto& entry : entries()) seen_by_handler.push_back(text(entry, "outcome"));
      if (request.body.contains("as staff"))
        CLOUDCART_CO_CHECK(co_await request.begin_audit({.user = ada, .role = Role::staff}));
      if (request.body.contains("as customer"))
        CLOUDCART_CO_CHECK(co_await request.begin_audit({.user = ada, .role = Role::customer}));
      if (request.body.contains("refuse")) co_return fail(ErrorCode::conflict, "No.");
      if (request.body.contains("throw")) throw std::runtime_error("defect");
      if (request.body.contains("create")) request.audit_target = "made";
      co_return http::message_response(200, "done");
    };
  }
  std::vector<http::Route> routes() {
    std::vector<http::Route> made{
        {Method::put, "/things/{id}", Access::staff, handler(),
         http::Audit{"thing.change", {"colour", "tags", "user_id"}}},
        {Method::post, "/things", Access::staff, handler(), http::Audit{"thing.create"}},
        {Method::post, "/questions", Access::analysts, handler(), http::Audit::only_reads()},
        {Method::post, "/forgotten/{id}", Access::admin, handler()},
        {Method::post, "/own/{id}/cancel", Access::owner_or_staff, handler(), http::Audit{"own.cancel"}},
        {Method::post, "/first", Access::anyone, handler(), http::Audit{"first.take"}},
        {Method::put, "/me", Access::signed_in, handler()},
        {Method::post, "/internal/things", Access::service, handler(), http::Audit{"thing.add"}},
        {Method::get, "/export", Access::admin, handler(), http::Audit{"thing.export"}}};
    made = audited(std::move(made), trail, clock, ids);
    for (auto& route : audit_routes("thing", trail, clock, ids)) made.push_back(std::move(route));
    return made;
  }
  test::HttpClient client{routes()};
  test::HttpClient::Session staff() { return client.as(Role::staff, ada); }

  std::vector<boost::json::value> entries() {
    std::vector<boost::json::value> read;
    for (const auto& link : trail.rows_of({"main"})) read.push_back(parse_json(link.entry).value());
    return read;
  }
  static std::string text(const boost::json::value& entry, std::string_view name) {
    return std::string{entry.at(name).as_string()};
  }
  std::vector<std::string> outcomes() {
    std::vector<std::string> words;
    for (const auto& entry : entries()) words.push_back(text(entry, "outcome"));
    return words;
  }
};

using Words = std::vector<std::string>;

TEST_F(AuditedRoutesTest, WhoDidWhatToWhatFromWhere) {
  const auto reply =
      staff().put("/things/7", R"({"colour":"red","password":"correct horse","tags":["a",1]})");
  EXPECT_EQ(reply.status, 200);
  ASSERT_EQ(outcomes(), (Words{"begun", "done"}));
  for (const auto& entry : entries()) {
    EXPECT_EQ(text(entry, "actor"), ada.to_string());
    EXPECT_EQ(text(entry, "role"), "staff");
    EXPECT_EQ(text(entry, "action"), "thing.change");
    EXPECT_EQ(text(entry, "target"), "7");
    EXPECT_EQ(text(entry, "address"), "127.0.0.1");
    EXPECT_EQ(text(entry, "request_id"), *reply.headers.find("X-Request-Id"));
    EXPECT_EQ(text(entry, "at").size(), std::string_view{"2026-01-15T12:00:00.000Z"}.size());
    EXPECT_EQ(boost::json::serialize(entry.at("details")), R"({"colour":"red","tags":["a",1]})")
        << "what is not named is not kept";
  }
}

TEST_F(AuditedRoutesTest, NothingIsDoneBeforeItIsRecorded) {
  staff().put("/things/7", "{}");
  EXPECT_EQ(seen_by_handler, Words{"begun"});
  trail.fail_appends(Error{ErrorCode::unavailable, "The store does not answer.", {}});
  EXPECT_EQ(staff().put("/things/7", "{}").status, 503);
  EXPECT_EQ(calls, 1);
}

TEST_F(AuditedRoutesTest, EveryEndIsRecorded) {
  EXPECT_EQ(staff().put("/things/7", R"({"colour":"refuse"})").status, 409);
  EXPECT_EQ(staff().put("/things/7", R"({"colour":"throw"})").status, 500);
  EXPECT_EQ(outcomes(), (Words{"begun", "conflict", "begun", "internal"}));
}

TEST_F(AuditedRoutesTest, TheHandlerNamesWhatItMade) {
  staff().post("/things", R"({"name":"create"})");
  EXPECT_EQ(text(entries().back(), "target"), "made");
}

TEST_F(AuditedRoutesTest, LongValuesAreTold) {
  staff().put("/things/7", R"({"colour":")" + std::string(600, 'x') + R"("})");
  EXPECT_EQ(text(entries().back().at("details"), "colour"), "(602 bytes)");
}

TEST_F(AuditedRoutesTest, WhatIsNoIdMayBeAPerson) {
  staff().put("/things/ada@example.com", R"({"user_id":"ada@example.com"})");
  for (const auto& entry : entries()) {
    EXPECT_EQ(text(entry, "target"), "(no id)");
    EXPECT_EQ(text(entry.at("details"), "user_id"), "(no id)");
  }
  staff().put("/things/7", R"({"user_id":")" + ada.to_string() + R"("})");
  EXPECT_EQ(text(entries().back().at("details"), "user_id"), ada.to_string());
}

TEST_F(AuditedRoutesTest, WordsOfAClientAreNoRequestId) {
  const auto put = [&](std::string id) {
    http::Headers headers;
    headers.set("X-Request-Id", id);
    staff().send(Method::put, "/things/7", "{}", std::move(headers));
  };
  put("ada@example.com");
  const auto begun = text(entries()[0], "request_id"), done = text(entries()[1], "request_id");
  EXPECT_TRUE(Uuid::parse(begun)) << begun;
  EXPECT_EQ(begun, done);
  const auto own = ids.next().to_string();
  put(own);
  EXPECT_EQ(text(entries().back(), "request_id"), own);
}

TEST_F(AuditedRoutesTest, ABodyThatIsNoJsonHasNoDetails) {
  staff().put("/things/7", R"({"colour":)");
  EXPECT_EQ(boost::json::serialize(entries().back().at("details")), "{}");
}

TEST_F(AuditedRoutesTest, ARouteThatDeclaresNothingIsRecordedByItsAddress) {
  EXPECT_EQ(client.as(Role::admin, ada).post("/forgotten/3", "{}").status, 200);
  EXPECT_EQ(text(entries().back(), "action"), "POST /forgotten/{id}");
  EXPECT_EQ(text(entries().back(), "target"), "3");
}

TEST_F(AuditedRoutesTest, CustomersAndQuestionsAreNotRecorded) {
  EXPECT_EQ(client.as(Role::customer, ada).post("/own/1/cancel", "{}").status, 200);
  EXPECT_EQ(client.as(Role::analyst, ada).post("/questions", "{}").status, 200);
  EXPECT_EQ(client.as(Role::customer, ada).put("/things/7", "{}").status, 403);
  EXPECT_TRUE(entries().empty());
  EXPECT_EQ(staff().post("/own/1/cancel", "{}").status, 200);
  EXPECT_EQ(outcomes(), (Words{"begun", "done"}));
}

TEST_F(AuditedRoutesTest, ReadsMayDeclareThemselves) {
  EXPECT_EQ(client.as(Role::admin, ada).get("/export").status, 200);
  EXPECT_EQ(text(entries().back(), "action"), "thing.export");
}

TEST_F(AuditedRoutesTest, StrangersFillNothing) {
  EXPECT_EQ(client.as_nobody().post("/first", R"({"x":"refuse"})").status, 409);
  EXPECT_TRUE(entries().empty());
  EXPECT_EQ(client.as_nobody().post("/first", "{}").status, 200);
  EXPECT_EQ(outcomes(), Words{"done"});
  EXPECT_EQ(text(entries().back(), "actor"), "nobody");
}

TEST_F(AuditedRoutesTest, WhoTurnsOutToBeStaffIsRecordedAsSuch) {
  EXPECT_EQ(client.as_nobody().post("/first", R"({"x":"as staff"})").status, 200);
  EXPECT_EQ(client.as_nobody().post("/first", R"({"x":"as staff, refuse"})").status, 409);
  EXPECT_EQ(client.as_nobody().post("/first", R"({"x":"as staff, throw"})").status, 500);
  EXPECT_EQ(outcomes(), (Words{"begun", "done", "begun", "conflict", "begun", "internal"}));
  for (const auto& entry : entries()) {
    EXPECT_EQ(text(entry, "actor"), ada.to_string());
    EXPECT_EQ(text(entry, "role"), "staff");
  }
  EXPECT_EQ(client.as_nobody().post("/first", R"({"x":"as customer"})").status, 200);
  EXPECT_EQ(entries().size(), 6U);
  trail.fail_appends(Error{ErrorCode::unavailable, "The store does not answer.", {}});
  EXPECT_EQ(client.as_nobody().post("/first", R"({"x":"as staff"})").status, 503);
}

TEST_F(AuditedRoutesTest, WhatTheStaffDoAsAnybodySignedInIsRecorded) {
  EXPECT_EQ(client.as(Role::customer, ada).put("/me", "{}").status, 200);
  EXPECT_TRUE(entries().empty());
  EXPECT_EQ(staff().put("/me", "{}").status, 200);
  EXPECT_EQ(outcomes(), (Words{"begun", "done"}));
  EXPECT_EQ(text(entries().back(), "action"), "PUT /me");
}

TEST_F(AuditedRoutesTest, CommandsAreServices) {
  EXPECT_EQ(client.as_service().post("/internal/things", "{}").status, 200);
  EXPECT_EQ(client.as_service()
                .post("/internal/audit", R"({"action":"keys.rotate","target":"ab","outcome":"done"})")
                .status,
            201);
  EXPECT_EQ(client.as_service()
                .post("/internal/audit", R"({"action":"keys.rotate","target":"","outcome":"done"})")
                .status,
            201);
  EXPECT_EQ(client.as_service().post("/internal/audit", R"({"outcome":"done"})").status, 400);
  EXPECT_EQ(outcomes(), (Words{"begun", "done", "done", "done"}));
  EXPECT_EQ(text(entries().back(), "action"), "keys.rotate");
  EXPECT_EQ(text(entries().back(), "actor"), "service");
}

TEST_F(AuditedRoutesTest, IsReadByAdminsPageByPage) {
  for (int i = 0; i < 3; ++i) staff().put("/things/7", "{}");
  EXPECT_EQ(staff().get("/api/audit/thing").status, 403);
  auto admin = client.as(Role::admin, ada);
  std::vector<std::int64_t> seqs;
  std::string target = "/api/audit/thing?limit=4";
  for (int pages = 1;; ++pages) {
    const auto reply = admin.get(target);
    ASSERT_EQ(reply.status, 200) << reply.body;
    for (const auto& entry : reply.at("/data/entries").as_array()) seqs.push_back(entry.at("seq").as_int64());
    if (reply.at("/data/next_cursor").is_null()) {
      EXPECT_EQ(pages, 2);
      break;
    }
    target = "/api/audit/thing?limit=4&cursor=" + reply.text("/data/next_cursor");
  }
  EXPECT_EQ(seqs, (std::vector<std::int64_t>{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(admin.get("/api/audit/thing?cursor=!").status, 400);
  EXPECT_EQ(admin.get("/api/audit/thing?limit=0").status, 400);
}

/// What is wrong with a chain after somebody has been at it.
class ChainTest : public testing::Test {
 protected:
  memory::MemoryAuditTrail trail;
  std::vector<Link>& rows = trail.rows_of({"main"});

  ChainTest() {
    for (int i = 1; i <= 5; ++i)
      EXPECT_TRUE(sync_wait(trail.append({"main"}, std::to_string(i), Deadline::max())));
  }
  std::optional<Head> stored() { return sync_wait(trail.heads(Deadline::max())).value().front(); }
  Verdict verify(std::vector<Head> known = {}) {
    return sync_wait(verify_chain(trail, {"main"}, stored(), std::move(known), Deadline::max())).value();
  }
  std::string fault(std::vector<Head> known = {}) {
    return verify(std::move(known)).first_fault.value_or("none");
  }
  /// As one would who can write to the store and knows how the hashes are made.
  void write_anew(std::size_t from) {
    Head head{.tenant = {"main"}};
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i >= from) rows[i] = next_link(head, rows[i].entry);
      head.seq = rows[i].seq;
      head.hash = rows[i].hash;
    }
  }
};

TEST_F(ChainTest, WholeChainsAreWhole) {
  EXPECT_EQ(fault(), "none");
  EXPECT_EQ(verify().head, *stored());
}

TEST_F(ChainTest, TheFirstBrokenRowIsNamed) {
  rows[2].entry = "another";
  rows[4].entry = "another";
  EXPECT_TRUE(fault().starts_with("row 3 was changed")) << fault();
  EXPECT_EQ(verify().head.seq, 2);
}

TEST_F(ChainTest, ARowThatIsGoneIsMissed) {
  rows.erase(rows.begin() + 1);
  EXPECT_TRUE(fault().starts_with("row 2 is missing")) << fault();
}

TEST_F(ChainTest, ARowThatFitsItselfAloneDoesNotFitTheNext) {
  rows[2] = next_link({{"main"}, 2, rows[1].hash}, "another");
  EXPECT_TRUE(fault().starts_with("row 4 does not hold the hash")) << fault();
}

TEST_F(ChainTest, AnotherShopsRowsDoNotFit) {
  rows[0] = next_link(Head{.tenant = {"other"}}, rows[0].entry);
  EXPECT_TRUE(fault().starts_with("row 1 was changed")) << fault();
}

TEST_F(ChainTest, ACutEndIsMissedByTheStoredHead) {
  rows.pop_back();
  EXPECT_TRUE(fault().starts_with("row 5 is missing")) << fault();
  rows.clear();
  EXPECT_TRUE(fault().starts_with("row 1 is missing")) << fault();
}

TEST_F(ChainTest, AHeadThatWasKeptElsewhereSeesThroughAChainThatWasWrittenAnew) {
  const auto kept = *stored();
  rows[2].entry = "another";
  write_anew(2);
  const Head forged{{"main"}, rows.back().seq, rows.back().hash};
  const auto blind = sync_wait(verify_chain(trail, {"main"}, forged, {}, Deadline::max())).value();
  EXPECT_FALSE(blind.first_fault) << "the chain alone cannot tell";
  const auto seeing = sync_wait(verify_chain(trail, {"main"}, forged, {kept}, Deadline::max())).value();
  EXPECT_TRUE(seeing.first_fault.value_or("").starts_with("row 5 is another one"));
}

TEST_F(ChainTest, AHeadOfTheirOwnIsMissed) {
  const auto verdict = sync_wait(verify_chain(trail, {"main"}, std::nullopt, {}, Deadline::max())).value();
  EXPECT_EQ(verdict.first_fault, "the chain's own head is missing");
}

}  // namespace
}  // namespace cloudcart::audit
