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
        "{\"a\":\"\xC3\"}", "nul", "01", "1e400", "0e400", "// c\n1", deep.c_str()}) {
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

TEST(FieldReaderTest, NumbersAndLists) {
  const auto body = parse_json(R"({"half":0.5,"one":1,"many":1.5,"word":"0.5",
    "ids":["01932c08-11aa-7b2c-8d4e-5f6071829304"],"mixed":["x",1,"01932c08-11aa-7b2c-8d4e-5f6071829304"]})");
  FieldReader fields(*body);
  EXPECT_EQ(fields.optional_number("half", 0, 1), 0.5);
  EXPECT_EQ(fields.optional_number("one", 0, 1), 1);
  EXPECT_EQ(fields.optional_number("none", 0, 1), std::nullopt);
  EXPECT_EQ(fields.ids<ProductId>("ids", 1, 1).front().to_string(), "01932c08-11aa-7b2c-8d4e-5f6071829304");
  EXPECT_TRUE(fields.ok());
  fields.optional_number("many", 0, 1);
  fields.optional_number("word", 0, 1);
  fields.ids<ProductId>("mixed", 0, 3);
  fields.ids<ProductId>("ids", 2, 3);
  const auto errors = fields.finish().error().fields;
  ASSERT_EQ(errors.size(), 5);
  EXPECT_EQ(errors[0].field, "many");
  EXPECT_EQ(errors[0].message, "must be a number from 0 to 1");
  EXPECT_EQ(errors[1].field, "word");
  EXPECT_EQ(errors[2].field, "mixed[0]");
  EXPECT_EQ(errors[3].field, "mixed[1]");
  EXPECT_EQ(errors[4].message, "must be an array of 2 to 3 elements");
}

}  // namespace
}  // namespace cloudcart
