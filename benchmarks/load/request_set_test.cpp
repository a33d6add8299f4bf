#include "load/request_set.h"

#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace cloudcart::load {
namespace {

const RequestSet::Settings plain{.host = "127.0.0.1:8080"};
const RequestSet::Settings with_keys{.host = "h", .keyed = true};

const std::string orders = R"({
  "lists": {"product": {"rows": ["a", "b", "c", "d"], "zipf": 1.5},
            "user": {"columns": ["id", "token"], "rows": [["u1", "t1"], ["u2", "t2"]]}},
  "requests": [{"name": "order", "method": "POST", "path": "/api/orders",
                "headers": {"Authorization": "Bearer {{user.token}}"},
                "body": "{{user.id}} {{product}} {{product#2}} {{product#3}} {{product}}"}]})";

std::string mistake(const std::string& json) {
  auto made = RequestSet::parse(json, plain);
  return made ? "" : made.error().message;
}

/// A set with one request, for mistakes in it.
std::string mistake_in(const std::string& request, const std::string& lists = "{}") {
  return mistake(R"({"lists":)" + lists + R"(,"requests":[)" + request + "]}");
}

TEST(RequestSetTest, WritesAPlainGet) {
  auto set = RequestSet::of_paths({"/health"}, plain);
  ASSERT_TRUE(set);
  std::string out = "left over";
  EXPECT_EQ(set->render(out), 0U);
  EXPECT_EQ(out, "GET /health HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n");
  EXPECT_EQ(set->name(0), "/health");
}

TEST(RequestSetTest, DrawsTheSameRowOfAListWithinARequestAndDifferentOnesByNumber) {
  auto set = RequestSet::parse(orders, with_keys);
  ASSERT_TRUE(set) << set.error().message;
  std::set<std::string> keys, users, firsts;
  for (int i = 0; i < 500; ++i) {
    std::string out;
    set->render(out);
    const auto text = std::string_view{out};
    ASSERT_TRUE(text.starts_with("POST /api/orders HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t")) << out;
    const auto head_end = text.find("\r\n\r\n");
    const auto body = text.substr(head_end + 4);
    ASSERT_TRUE(text.substr(0, head_end).ends_with(fmt::format("Content-Length: {}", body.size()))) << out;
    ASSERT_EQ(body.size(), 2 + 4 * 2U);
    EXPECT_EQ(body[1], text[text.find("Bearer ") + 8]) << "id and token are of one user";
    EXPECT_EQ(body[3], body[9]);
    EXPECT_EQ((std::set{body[3], body[5], body[7]}.size()), 3U);
    users.emplace(body.substr(0, 2));
    firsts.emplace(body.substr(3, 1));
    const auto key = text.substr(text.find("Idempotency-Key: ") + 17, 36);
    EXPECT_EQ(key[14], '4');
    EXPECT_NE(std::string_view{"89ab"}.find(key[19]), std::string_view::npos);
    EXPECT_EQ(key.find_first_not_of("0123456789abcdef-"), std::string_view::npos);
    keys.emplace(key);
  }
  EXPECT_EQ(keys.size(), 500U) << "a key is fresh for each request";
  EXPECT_EQ(users.size(), 2U);
  EXPECT_EQ(firsts.size(), 4U);
}

TEST(RequestSetTest, KeysAreForWritesOnlyAndOnlyWhenWanted) {
  std::string out;
  RequestSet::of_paths({"/x"}, with_keys)->render(out);
  EXPECT_EQ(out.find("Idempotency-Key"), std::string::npos);
  RequestSet::parse(orders, plain)->render(out);
  EXPECT_EQ(out.find("Idempotency-Key"), std::string::npos);
}

TEST(RequestSetTest, TheSeedDecidesWhatIsDrawn) {
  const auto first_ten = [](std::uint64_t seed) {
    auto set = RequestSet::parse(orders, {.host = "h", .keyed = true, .seed = seed});
    std::string all, one;
    for (int i = 0; i < 10; ++i) {
      set->render(one);
      all += one;
    }
    return all;
  };
  EXPECT_EQ(first_ten(1), first_ten(1));
  EXPECT_NE(first_ten(1), first_ten(2));
}

TEST(RequestSetTest, ChoosesByWeightAndNumbersRequests) {
  auto set = RequestSet::parse(R"({"requests": [
    {"name": "rare", "method": "GET", "path": "/rare/{{number}}"},
    {"name": "often", "weight": 3, "method": "GET", "path": "/often/{{number}}"},
    {"name": "gone", "weight": 0.5, "method": "DELETE", "path": "/gone"}]})",
                               plain);
  ASSERT_TRUE(set) << set.error().message;
  std::map<std::string, int> seen;
  std::string out;
  for (int i = 1; i <= 9'000; ++i) {
    const auto index = set->render(out);
    ++seen[set->name(index)];
    if (set->name(index) == "gone") {
      EXPECT_TRUE(out.ends_with("Content-Length: 0\r\n\r\n")) << out;
    } else {
      EXPECT_NE(out.find(fmt::format("/{}/{} ", set->name(index), i)), std::string::npos) << out;
    }
  }
  EXPECT_NEAR(seen["rare"], 2'000, 200);
  EXPECT_NEAR(seen["often"], 6'000, 200);
  EXPECT_NEAR(seen["gone"], 1'000, 200);
}

TEST(DrawTest, ZipfFollowsItsLaw) {
  const auto draw = Draw::zipf(1'000, 1.0);
  Random random(5, 0);
  std::vector<int> seen(1'000);
  constexpr int draws = 1'000'000;
  for (int i = 0; i < draws; ++i) ++seen.at(draw.next(random));
  double sum = 0;
  for (int i = 1; i <= 1'000; ++i) sum += 1.0 / i;
  for (const std::size_t rank : {1U, 2U, 10U, 100U}) {
    const double expected = draws / (static_cast<double>(rank) * sum);
    EXPECT_NEAR(seen[rank - 1], expected, 6 * std::sqrt(expected)) << rank;
  }
}

TEST(DrawTest, UniformReachesAllAlike) {
  const auto draw = Draw::uniform(7);
  Random random(6, 0);
  std::vector<int> seen(7);
  for (int i = 0; i < 70'000; ++i) ++seen.at(draw.next(random));
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 600);
}

TEST(RequestSetTest, MistakesNameThePlaceAndTheMend) {
  EXPECT_NE(mistake("{").find("no JSON"), std::string::npos);
  EXPECT_NE(mistake("[]").find("JSON object"), std::string::npos);
  EXPECT_NE(mistake(R"({"requests":[]})").find("at least one request"), std::string::npos);
  EXPECT_NE(mistake(R"({"request":[]})").find("'request' is none of lists, requests"), std::string::npos);
  EXPECT_NE(mistake_in("7").find("request 1"), std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"GET"})").find("'path'"), std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"HEAD","path":"/"})").find("GET, POST"), std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"GET","path":"x"})").find("begin with /"), std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"GET","path":"/","weight":0})").find("above 0"), std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"GET","path":"/","headers":{"A":"b\r\nC: d"}})").find("header 'A'"),
            std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"GET","path":"/{{x}}"})").find("there are key, number."),
            std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"GET","path":"/{{x"})").find("no }}"), std::string::npos);
  const std::string list = R"({"x":{"rows":["1","2"]},"y":{"columns":["a"],"rows":[["b c"]]}})";
  EXPECT_NE(mistake_in(R"({"method":"GET","path":"/{{x#3}}/{{x}}/{{x#2}}"})", list).find("draws 3 rows"),
            std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"GET","path":"/{{x#0}}"})", list).find("behind the #"),
            std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"GET","path":"/{{x.a}}"})", list).find("no column"), std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"GET","path":"/{{y}}"})", list).find("no column"), std::string::npos);
  EXPECT_NE(mistake_in(R"({"method":"GET","path":"/{{y.a}}"})", list).find("row 1"), std::string::npos);
  const std::string request = R"({"method":"GET","path":"/"})";
  EXPECT_NE(mistake_in(request, R"({"x":{"rows":[]}})").find("at least one row"), std::string::npos);
  EXPECT_NE(mistake_in(request, R"({"x":{"rows":["1",["2"]]}})").find("row 2"), std::string::npos);
  EXPECT_NE(mistake_in(request, R"({"x":{"columns":["a","b"],"rows":[["2"]]}})").find("2 texts"),
            std::string::npos);
  EXPECT_NE(mistake_in(request, R"({"x":{"rows":["1"],"zipf":-1}})").find("0 to 10"), std::string::npos);
  EXPECT_NE(mistake_in(request, R"({"key":{"rows":["1"]}})").find("of its own"), std::string::npos);
  EXPECT_EQ(mistake_in(request, list), "");
}

}  // namespace
}  // namespace cloudcart::load
