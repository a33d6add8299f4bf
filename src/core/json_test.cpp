#include <gtest/gtest.h>

#include "core/json_reader.h"
#include "core/json_writer.h"

namespace cloudcart {
namespace {

TEST(JsonReaderTest, RefusesWhatIsAmbiguousOrBroken) {
  std::string deep;
  for (int i = 0; i < 65; ++i) deep += '[';
  for (int i = 0; i < 65; ++i) deep += ']';
  for (const std::string bad :
       {"", "{", "{\"a\":1,}", "{\"a\":1}{}", "{\"a\":1,\"a\":2}", "[{\"x\":{\"b\":1,\"b\":1}}]",
        "{\"a\":\"\xC3\"}", "nul", "01", "// c\n1", deep.c_str()}) {
    const auto parsed = parse_json(bad);
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().code, ErrorCode::malformed_request);
  }
  EXPECT_TRUE(parse_json(" {\"a\": [1, 2.5, \"x\", null, true]} \n"));
}

TEST(FieldReaderTest, GathersEveryViolation) {
  const auto body = parse_json(R"({"name":"x","price":"1.234","count":-1,"id":"no","items":{}})").value();
  FieldReader fields(body);
  fields.text("name", {.min = 2, .max = 255});
  fields.money("price", Money{1}, Money{100'000});
  fields.integer("count", 0, 10);
  fields.id<ProductId>("id");
  fields.array("items", 1, 100);
  fields.text("missing", {});
  const auto checked = fields.finish();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::validation_failed);
  std::vector<std::string> names;
  for (const auto& error : checked.error().fields) names.push_back(error.field);
  EXPECT_EQ(names, (std::vector<std::string>{"name", "price", "count", "id", "items", "missing"}));
}

TEST(FieldReaderTest, TakesAmountsAsNumberOrText) {
  const auto body = parse_json(R"({"a":19.99,"b":"19.99","c":20,"d":0.1,"e":19.999,"f":1e300})").value();
  FieldReader fields(body);
  const Money most{1'000'000'000};
  EXPECT_EQ(fields.money("a", Money{}, most), Money{1999});
  EXPECT_EQ(fields.money("b", Money{}, most), Money{1999});
  EXPECT_EQ(fields.money("c", Money{}, most), Money{2000});
  EXPECT_EQ(fields.money("d", Money{}, most), Money{10});
  EXPECT_TRUE(fields.ok());
  fields.money("e", Money{}, most);
  fields.money("f", Money{}, most);
  EXPECT_EQ(fields.finish().error().fields.size(), 2U);
}

TEST(FieldReaderTest, ABodyThatIsNoObjectIsReportedOnce) {
  const auto body = parse_json("[]").value();
  FieldReader fields(body);
  fields.text("name", {});
  ASSERT_EQ(fields.finish().error().fields.size(), 1U);
  EXPECT_EQ(fields.finish().error().fields[0].field, "body");
}

TEST(FieldReaderTest, ControlCharactersAreRefused) {
  const auto body = parse_json("{\"a\":\"x\\u0000y\",\"b\":\"x\\ny\"}").value();
  FieldReader fields(body);
  fields.text("a", {});
  EXPECT_EQ(fields.text("b", {.multiline = true}), "x\ny");
  EXPECT_EQ(fields.finish().error().fields.size(), 1U);
}

TEST(JsonWriterTest, WritesNestedValues) {
  JsonWriter json;
  json.begin_object()
      .field("text", "a\"b\\\n\x01")
      .field("number", -5)
      .field("none", std::optional<std::string>{});
  json.key("list").begin_array().value(1).value(true).begin_object().end_object().end_array();
  json.field("price", Money{1999}).key("figure").amount_number(Money{-5}).end_object();
  EXPECT_EQ(
      json.str(),
      R"({"text":"a\"b\\\n\u0001","number":-5,"none":null,"list":[1,true,{}],"price":"19.99","figure":-0.05})");
}

TEST(JsonWriterTest, BrokenUtf8BecomesTheReplacementCharacter) {
  JsonWriter json;
  json.value("a\xFFz");
  EXPECT_EQ(json.str(), "\"a\xEF\xBF\xBDz\"");
}

}  // namespace
}  // namespace cloudcart
