#include "support/engines.h"

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <libpq-fe.h>

#include "support/postgres_schema.h"
#include "support/temp_folder.h"

namespace cloudcart::test {

namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::ThrowsMessage;

/// A variable of the environment, as long as this lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { before_ ? setenv(name_, before_->c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

/// The only value that the server for tests answers.
std::string ask_postgres(const std::string& sql) {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(postgres_url().c_str()),
                                                                &PQfinish};
  const std::unique_ptr<PGresult, decltype(&PQclear)> answer{PQexec(connection.get(), sql.c_str()), &PQclear};
  if (PQntuples(answer.get()) != 1) return PQerrorMessage(connection.get());
  return PQgetvalue(answer.get(), 0, 0);
}

std::string schemas_named(const std::string& name) {
  return ask_postgres("SELECT count(*) FROM pg_namespace WHERE nspname = '" + name + "'");
}

TEST(Engines, AnAddressOfTheEnvironmentIsTaken) {
  const Variable postgres("CLOUDCART_TEST_POSTGRES", "postgresql://there");
  const Variable redis("CLOUDCART_TEST_REDIS", "there:1");
  EXPECT_EQ(postgres_url(), "postgresql://there");
  EXPECT_EQ(redis_address(), "there:1");
}

TEST(Engines, ElseThatOfTheFile) {
  const TempFolder folder;
  const auto file = (folder.path() / "addresses.env").string();
  std::ofstream(file) << "CLOUDCART_TEST_POSTGRES=postgresql://u@h:1/d?a=b\nCLOUDCART_TEST_REDIS=h:2\n";
  const Variable postgres("CLOUDCART_TEST_POSTGRES", "");
  const Variable redis("CLOUDCART_TEST_REDIS", "");
  const Variable engines("CLOUDCART_TEST_ENGINES", file);
  EXPECT_EQ(postgres_url(), "postgresql://u@h:1/d?a=b");
  EXPECT_EQ(redis_address(), "h:2");
}

TEST(Engines, WithoutOneTheErrorSaysHowToStartThem) {
  const Variable postgres("CLOUDCART_TEST_POSTGRES", "");
  const Variable engines("CLOUDCART_TEST_ENGINES", "/nowhere/engines/addresses.env");
  EXPECT_THAT(postgres_url, ThrowsMessage<std::runtime_error>(AllOf(
                                HasSubstr("CLOUDCART_TEST_POSTGRES is not set"),
                                HasSubstr("scripts/engines start /nowhere/engines"), HasSubstr("ctest"))));
}

TEST(Engines, RedisAnswers) {
  const auto address = redis_address();
  const auto colon = address.find(':');
  const std::unique_ptr<redisContext, decltype(&redisFree)> context{
      redisConnect(address.substr(0, colon).c_str(), std::stoi(address.substr(colon + 1))), &redisFree};
  ASSERT_EQ(context->err, 0) << context->errstr;
  const std::unique_ptr<void, decltype(&freeReplyObject)> reply{redisCommand(context.get(), "PING"),
                                                                &freeReplyObject};
  ASSERT_NE(reply, nullptr);
  EXPECT_STREQ(static_cast<redisReply*>(reply.get())->str, "PONG");
}

TEST(PostgresSchema, HasANameOfItsOwn) {
  const PostgresSchema one, two;
  EXPECT_NE(one.options().schema, two.options().schema);
  EXPECT_THAT(one.options().schema, MatchesRegex("test_[a-z0-9_]+"));
  EXPECT_EQ(one.options().url, postgres_url());
  EXPECT_EQ(schemas_named(one.options().schema), "0") << "the store makes it";
}

TEST(PostgresSchema, GoesWithEverythingInIt) {
  std::string name;
  {
    const PostgresSchema schema;
    name = schema.options().schema;
    ask_postgres("CREATE SCHEMA " + name + "; CREATE TABLE " + name + ".things (id bigint)");
    ASSERT_EQ(schemas_named(name), "1");
  }
  EXPECT_EQ(schemas_named(name), "0");
}

TEST(PostgresSchema, MayNeverHaveBeenMade) {
  std::optional<PostgresSchema> schema(std::in_place);
  testing::internal::CaptureStderr();
  schema.reset();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(PostgresSchema, SaysThatItStaysBehindWhenTheServerIsGone) {
  const Variable gone("CLOUDCART_TEST_POSTGRES", "postgresql://cloudcart@127.0.0.1:1/cloudcart");
  std::optional<PostgresSchema> schema(std::in_place);
  testing::internal::CaptureStderr();
  schema.reset();
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("stays behind"));
}

}  // namespace

}  // namespace cloudcart::test
