#include "web/assets.h"

#include <gtest/gtest.h>

#include "support/http_client.h"

namespace cloudcart::web {
namespace {

class AssetsTest : public testing::Test {
 protected:
  static std::vector<http::Route> routes() {
    auto all = reference_routes();
    for (auto& route : page_routes()) all.push_back(std::move(route));
    return all;
  }
  test::HttpClient client{routes()};
  const bool built_in = find_asset("/index.html").has_value();
};

TEST_F(AssetsTest, PagesAreServedWithAPolicyOrSayWhyNot) {
  const auto page = client.as_nobody().get("/");
  if (!built_in) {
    EXPECT_EQ(page.status, 404);
    EXPECT_NE(page.text("/message").find("CLOUDCART_DASHBOARD"), std::string::npos);
    return;
  }
  EXPECT_EQ(page.status, 200);
  const auto policy = *page.headers.find("Content-Security-Policy");
  EXPECT_NE(policy.find("script-src 'self'; style-src 'self';"), std::string_view::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string_view::npos);
  EXPECT_EQ(client.as_nobody().get("/some/view").body, page.body);
  EXPECT_EQ(client.as_nobody().get("/docs").status, 200);
  EXPECT_EQ(client.as_nobody().get("/openapi.json").at("/openapi").as_string().starts_with("3.1"), true);
}

TEST_F(AssetsTest, MissingFilesAreNotFound) {
  EXPECT_EQ(client.as_nobody().get("/no/such/file.js").status, 404);
  EXPECT_EQ(client.as_nobody().get("/assets/../index.html").status, 404);
  EXPECT_EQ(client.as_nobody().get("/api/no/such/route").status, 404);
}

TEST_F(AssetsTest, CompressedFormsGoToThoseWhoAcceptThem) {
  if (!built_in) GTEST_SKIP() << "this build has no dashboard";
  http::Headers headers;
  headers.set("Accept-Encoding", "gzip, br");
  const auto packed = client.as_nobody().get("/openapi.json", headers);
  EXPECT_EQ(packed.headers.find("Content-Encoding"), "br");
  EXPECT_LT(packed.body.size(), client.as_nobody().get("/openapi.json").body.size());
}

}  // namespace
}  // namespace cloudcart::web
