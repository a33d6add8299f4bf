#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "http/compression.h"
#include "http/guarded_stream.h"
#include "http/problem.h"
#include "http/query_reader.h"
#include "runtime/notifier.h"
#include "support/http_client.h"

namespace cloudcart::http {
namespace {

const UserId someone = UserId::parse("01930c5e-7e6d-7abc-8def-000000000001").value();

/// Every route names its policy, or the program does not build.
template <class R>
concept CanBeMadeWithoutAPolicy = requires(Handler handler) {
  R{.method = Method::get, .path = "/", .handler = handler};
} || requires(Handler handler) { R{Method::get, "/", {}, handler}; } || std::is_default_constructible_v<R>;
template <class R>
concept CanBeMadeWithAPolicy = requires(Handler handler) { R{Method::get, "/", Access::staff, handler}; };
static_assert(!CanBeMadeWithoutAPolicy<Route> && CanBeMadeWithAPolicy<Route>);

Route route(Method method, std::string path, Access access, std::string answer) {
  return {method, std::move(path), access, [answer](Request& request) -> Task<Result<Response>> {
            JsonWriter data;
            data.begin_object().field("answer", answer);
            for (const auto& [name, value] : request.parameters) data.field(name, value);
            data.end_object();
            co_return data_response(200, std::move(data));
          }};
}

std::vector<Route> sample_routes() {
  std::vector<Route> routes;
  routes.push_back(route(Method::get, "/things", Access::anyone, "list"));
  routes.push_back(route(Method::post, "/things", Access::staff, "made"));
  routes.push_back(route(Method::get, "/things/{id}", Access::signed_in, "one"));
  routes.push_back(route(Method::get, "/things/all", Access::anyone, "all"));
  routes.push_back(route(Method::get, "/things/{id}/parts/{part}", Access::analysts, "part"));
  routes.push_back(route(Method::get, "/files/{path...}", Access::anyone, "file"));
  routes.push_back(route(Method::get, "/internal", Access::service, "internal"));
  routes.push_back({Method::get, "/boom", Access::anyone, [](Request&) -> Task<Result<Response>> {
                      throw std::runtime_error("a defect");
                      co_return Response{};
                    }});
  routes.push_back({Method::get, "/large", Access::anyone, [](Request&) -> Task<Result<Response>> {
                      JsonWriter data;
                      data.value(std::string(5000, 'x'));
                      co_return data_response(200, std::move(data));
                    }});
  routes.push_back({Method::get, "/query", Access::anyone, [](Request& request) -> Task<Result<Response>> {
                      QueryReader query(request);
                      const auto page = read_page(query);
                      query.date("from");
                      query.time_zone("tz");
                      query.word("order", {"ASC", "DESC"});
                      CLOUDCART_CO_CHECK(query.finish());
                      JsonWriter data;
                      data.begin_object();
                      write_pagination(data, page, 41, std::nullopt);
                      data.end_object();
                      co_return data_response(200, std::move(data));
                    }});
  return routes;
}

class PipelineTest : public testing::Test {
 protected:
  test::HttpClient client{sample_routes()};
};

TEST_F(PipelineTest, LiteralsWinOverParameters) {
  EXPECT_EQ(client.as_nobody().get("/things/all").text("/data/answer"), "all");
  const auto part = client.as(Role::analyst, someone).get("/things/a%20b/parts/7");
  EXPECT_EQ(part.text("/data/id"), "a b");
  EXPECT_EQ(part.text("/data/part"), "7");
  EXPECT_EQ(client.as_nobody().get("/files/a/b.js").text("/data/path"), "a/b.js");
}

TEST_F(PipelineTest, UnknownAddressesAndMethods) {
  EXPECT_EQ(client.as_nobody().get("/nothing").status, 404);
  EXPECT_EQ(client.as_nobody().get("/things/").status, 404);
  const auto wrong = client.as_nobody().del("/things");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.find("Allow"), "GET, HEAD, POST");
  EXPECT_EQ(wrong.code(), "method_not_allowed");
}

TEST_F(PipelineTest, PoliciesAreKept) {
  EXPECT_EQ(client.as_nobody().get("/things/1").status, 401);
  EXPECT_EQ(client.as(Role::customer, someone).get("/things/1").status, 200);
  EXPECT_EQ(client.as(Role::customer, someone).post("/things", "{}").status, 403);
  EXPECT_EQ(client.as(Role::analyst, someone).post("/things", "{}").status, 403);
  EXPECT_EQ(client.as(Role::staff, someone).post("/things", "{}").status, 200);
  EXPECT_EQ(client.as(Role::customer, someone).get("/things/1/parts/2").status, 403);
  EXPECT_EQ(client.as(Role::admin, someone).get("/internal").status, 403);
  EXPECT_EQ(client.as_service().get("/internal").status, 200);
  EXPECT_EQ(client.as_service().post("/things", "{}").status, 403);
}

TEST_F(PipelineTest, RequestIdsAreTakenOrMade) {
  Headers headers;
  headers.set("X-Request-Id", "abc-123");
  EXPECT_EQ(client.as_nobody().get("/things", headers).headers.find("X-Request-Id"), "abc-123");
  headers.set("X-Request-Id", "bad id with spaces");
  EXPECT_EQ(client.as_nobody().get("/things", headers).headers.find("X-Request-Id")->size(), 36U);
}

TEST_F(PipelineTest, DefectsAreAnsweredWithoutDetails) {
  const auto reply = client.as_nobody().get("/boom");
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.code(), "internal");
  EXPECT_EQ(reply.body.find("defect"), std::string::npos);
}

TEST_F(PipelineTest, AKnownEntityTagIsNotSentAgain) {
  const auto first = client.as_nobody().get("/things");
  Headers headers;
  headers.set("If-None-Match", "\"other\", " + std::string{*first.headers.find("ETag")});
  const auto second = client.as_nobody().get("/things", headers);
  EXPECT_EQ(second.status, 304);
  EXPECT_TRUE(second.body.empty());
  EXPECT_EQ(second.headers.find("ETag"), first.headers.find("ETag"));
}

TEST_F(PipelineTest, LargeBodiesAreCompressedForThoseWhoAccept) {
  Headers headers;
  headers.set("Accept-Encoding", "br;q=1.0, gzip;q=0.5");
  const auto packed = client.as_nobody().get("/large", headers);
  EXPECT_EQ(packed.headers.find("Content-Encoding"), "gzip");
  EXPECT_LT(packed.body.size(), 200U);
  headers.set("Accept-Encoding", "gzip;q=0");
  EXPECT_GT(client.as_nobody().get("/large", headers).body.size(), 5000U);
}

TEST_F(PipelineTest, QueryViolationsComeAllAtOnce) {
  const auto reply = client.as_nobody().get("/query?page=0&limit=1000&from=2026-02-30&tz=Mars&order=up");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.at("/errors").as_array().size(), 5U);
  EXPECT_EQ(client.as_nobody().get("/query?page=1&page=2").status, 400);
  EXPECT_EQ(client.as_nobody().get("/query?x=%zz").code(), "malformed_request");
  EXPECT_EQ(client.as_nobody().get("/query?limit=10").at("/data/pagination/pages").as_int64(), 5);
}

TEST(GatewayTest, TheClientsAddressIsBelievedFromAGatewayOnly) {
  std::vector<Route> routes;
  routes.push_back({Method::get, "/who", Access::anyone, [](Request& request) -> Task<Result<Response>> {
                      JsonWriter data;
                      data.begin_object()
                          .field("address", request.remote_address)
                          .field("signed_in", request.caller.user.has_value());
                      data.end_object();
                      co_return data_response(200, std::move(data));
                    }});
  test::HttpClient client(std::move(routes));
  Headers headers;
  headers.set("X-Forwarded-For", "203.0.113.9");
  EXPECT_EQ(client.as_nobody().get("/who", headers).text("/data/address"), "127.0.0.1");
  headers.set(gateway_token_header, "admin:" + someone.to_string());
  EXPECT_EQ(client.as_nobody().get("/who", headers).text("/data/address"), "127.0.0.1");
  headers.set(gateway_token_header, "service");
  const auto reply = client.as_nobody().get("/who", headers);
  EXPECT_EQ(reply.text("/data/address"), "203.0.113.9");
  EXPECT_FALSE(reply.at("/data/signed_in").as_bool());
}

TEST(CorsTest, OnlyListedOriginsAreAllowed) {
  test::FakeAuthenticator authenticator;
  SystemClock clock;
  SystemIdGenerator ids(clock);
  Metrics metrics;
  Router router;
  router.add(sample_routes());
  Pipeline pipeline(std::move(router), authenticator, clock, ids, metrics,
                    {.service = "test", .allowed_origins = {"https://shop.example"}, .access_log = false});
  const auto ask = [&](std::string origin) {
    Request request{.method = Method::options, .target = "/things"};
    request.headers.set("Origin", std::move(origin));
    request.headers.set("Access-Control-Request-Method", "POST");
    return sync_wait(pipeline.handle(std::move(request)));
  };
  EXPECT_EQ(ask("https://shop.example").headers.find("Access-Control-Allow-Origin"), "https://shop.example");
  EXPECT_FALSE(ask("https://evil.example").headers.find("Access-Control-Allow-Origin"));
}

/// Ends when it is cancelled.
class EndlessStream final : public BodyStream {
 public:
  Task<std::optional<std::string>> next() override {
    co_await ended_.wait(0, MonotonicTime::max());
    co_return std::nullopt;
  }
  void cancel() override { ended_.notify_all(); }

 private:
  Notifier ended_;
};

/// Takes every token until told not to.
class FickleAuthenticator final : public Authenticator {
 public:
  Result<Identity> authenticate(std::string_view) const override {
    if (!good) return fail(ErrorCode::unauthenticated, "no");
    return Identity{.user = someone};
  }
  bool good = true;
};

TEST(GuardedStreamTest, EndsSoonAfterItsTokenDoes) {
  FickleAuthenticator authenticator;
  ManualExecutor executor(true);
  const Executor::Scope scope(executor);
  const auto stream =
      std::make_shared<GuardedStream>(std::make_shared<EndlessStream>(), authenticator, "token");
  bool ended = false;
  start(stream->next(), [&](auto piece) { ended = !std::get<0>(piece); });
  const auto began = executor.now();
  executor.post_at(began + seconds{7}, [&] { authenticator.good = false; });
  executor.run_until([&] { return ended; });
  EXPECT_GE(executor.now() - began, seconds{7});
  EXPECT_LE(executor.now() - began, seconds{9});
}

TEST(RouterTest, TheSameRouteTwiceIsADefect) {
  Router router;
  router.add(route(Method::get, "/a/{x}", Access::anyone, ""));
  EXPECT_THROW(router.add(route(Method::get, "/a/{y}", Access::anyone, "")), std::logic_error);
}

TEST(ProblemTest, ErrorsSurviveTheWayThroughHttp) {
  const Error error{
      ErrorCode::insufficient_inventory, "Not enough.", {{"items[0].product_id", "only 2 left"}}};
  const auto response = problem_response(error, "id");
  const auto back = error_of_response(response.status, response.body);
  EXPECT_EQ(back.code, error.code);
  EXPECT_EQ(back.message, error.message);
  EXPECT_EQ(back.fields, error.fields);
  EXPECT_EQ(error_of_response(502, "<html>").code, ErrorCode::unavailable);
  EXPECT_EQ(error_of_response(503, R"({"message":""})").message, "A service answered 503.");
}

TEST(ProblemTest, EveryCodeHasAStatus) {
  for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
    const int status = status_of(static_cast<ErrorCode>(i));
    EXPECT_TRUE(status >= 400 && status < 600);
  }
}

TEST(ProblemTest, TimesToComeBackAreSpreadAndNeverTooSoon) {
  std::set<int> moments, given;
  for (int i = 0; i < 200; ++i) {
    const auto seconds_of = [](const Error& error) {
      return std::stoi(std::string{*problem_response(error, "").headers.find("Retry-After")});
    };
    moments.insert(seconds_of({ErrorCode::overloaded, "", {}}));
    given.insert(seconds_of({ErrorCode::rate_limited, "", {}, seconds{20}}));
  }
  EXPECT_EQ(moments, (std::set{1, 2, 3, 4}));
  EXPECT_EQ(given, (std::set{20, 21, 22, 23, 24, 25}));
}

}  // namespace
}  // namespace cloudcart::http
