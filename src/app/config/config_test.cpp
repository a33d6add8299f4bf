#include "app/config/config.h"

#include <fstream>

#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace cloudcart::app {
namespace {

class ConfigTest : public testing::Test {
 protected:
  std::filesystem::path write(std::string_view text) {
    const auto path = folder.path() / "cloudcart.toml";
    std::ofstream(path) << text;
    return path;
  }
  test::TempFolder folder;
};

TEST_F(ConfigTest, FlagsWinOverEnvironmentWinsOverFile) {
  const auto file = write(
      "bind = \"127.0.0.2\"\n[ports]\nuser = 1\nproduct = 1\norder = 1\n[shop]\ntime_zone = "
      "\"Europe/London\"\n");
  const auto config = load_config(file, {"CLOUDCART_PORTS_PRODUCT=2", "CLOUDCART_PORTS_ORDER=2", "PATH=/bin"},
                                  {{"ports.order", "3"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->bind, "127.0.0.2");
  EXPECT_EQ(config->ports.user, 1);
  EXPECT_EQ(config->ports.product, 2);
  EXPECT_EQ(config->ports.order, 3);
  EXPECT_EQ(config->ports.gateway, 8080);
  EXPECT_EQ(shop_of(*config)->time_zone.name(), "Europe/London");
}

TEST_F(ConfigTest, MistakesNameThePlaceAndTheMend) {
  const auto message = [&](std::string_view toml) {
    return load_config(write(toml), {}, {}).error().message;
  };
  EXPECT_NE(message("[ports]\nusr = 1\n").find("cloudcart.toml:2: ports.usr is no setting"),
            std::string::npos);
  EXPECT_NE(message("[ports]\nuser = 70000\n").find("0 to 65535"), std::string::npos);
  EXPECT_NE(message("ports = \n").find("cloudcart.toml:1"), std::string::npos);
  EXPECT_NE(message("[?]\n").find("cloudcart.toml:1"), std::string::npos);
  EXPECT_NE(message("[l\xEF\xB9\xBFog]\n").find("cloudcart.toml:1"), std::string::npos);
  EXPECT_NE(message("[shop]\ncurrency = \"JPY\"\n").find("shop.currency"), std::string::npos);
  EXPECT_NE(message("[http]\nallowed_origins = [\"*\"]\n").find("exact origins"), std::string::npos);
  EXPECT_NE(message("[http]\ntrusted_proxies = [\"proxy.example\"]\n").find("blocks"), std::string::npos);
  EXPECT_FALSE(load_config(folder.path() / "missing.toml", {}, {}));
  EXPECT_FALSE(load_config({}, {"CLOUDCART_HTTP_BODY=1"}, {}));
  EXPECT_FALSE(load_config({}, {"CLOUDCART_AUTH_JWT_SECRET=short"}, {}));
}

TEST_F(ConfigTest, LimitsAreSoManyInATime) {
  const auto quota = [](const std::string& text) -> std::optional<std::pair<std::uint32_t, seconds>> {
    const auto config = load_config({}, {}, {{"limits.costly_per_client", text}});
    if (!config) return std::nullopt;
    return std::pair(config->limits.costly_per_client.requests, config->limits.costly_per_client.window);
  };
  EXPECT_EQ(quota("5/2m"), std::pair(5U, seconds{120}));
  EXPECT_EQ(quota("off")->first, 0U);
  for (const auto* text : {"5", "5/", "/60s", "0/60s", "5/500ms", "5/2h", "five/60s"})
    EXPECT_FALSE(quota(text)) << text;
}

TEST_F(ConfigTest, ACertificateAndItsKeyBelongTogether) {
  EXPECT_TRUE(load_config({}, {}, {{"tls.certificate", "a.pem"}, {"tls.key", "b.pem"}}));
  const auto half = load_config({}, {}, {{"tls.certificate", "a.pem"}});
  ASSERT_FALSE(half);
  EXPECT_NE(half.error().message.find("tls.key must be set too"), std::string::npos);
}

TEST_F(ConfigTest, WhereTracesGo) {
  const auto tracing = [](const std::string& key, const std::string& text) {
    return load_config({}, {}, {{"tracing." + key, text}});
  };
  EXPECT_EQ(load_config({}, {}, {})->tracing.endpoint, "");
  for (const auto* text : {"http://jaeger:4318", "http://[::1]:4318", "https://collector.example/otlp"})
    EXPECT_EQ(tracing("endpoint", text)->tracing.endpoint, text);
  for (const auto* text :
       {"jaeger:4318", "http://user:key@jaeger:4318", "http://jaeger:4318?key=1", "grpc://a:1", ""})
    EXPECT_FALSE(tracing("endpoint", text)) << text;
  for (const auto& [text, ratio] : {std::pair{"0", 0.0}, {"1", 1.0}, {"0.25", 0.25}})
    EXPECT_EQ(tracing("sample_ratio", text)->tracing.sample_ratio, ratio);
  EXPECT_EQ(load_config(write("[tracing]\nsample_ratio = 0.5\n"), {}, {})->tracing.sample_ratio, 0.5);
  for (const auto* text : {"-0.1", "1.1", "nan", "inf", "1e0", "0.1x", "", " 0.1", "half"})
    EXPECT_FALSE(tracing("sample_ratio", text)) << text;
  EXPECT_EQ(tracing("headers", "Authorization=Bearer a=b, X-Scope=1")->tracing.headers,
            "Authorization=Bearer a=b, X-Scope=1");
  for (const auto* text : {"Authorization", "=x", "a b=c", "a=b\r\nc: d", "a=b,,c=d"}) {
    const auto refused = tracing("headers", text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(
        refused.error().message,
        "command line: tracing.headers must be headers like Authorization=Bearer abc, several separated by "
        "commas.");
  }
}

TEST_F(ConfigTest, DurationsAndLists) {
  const auto config = load_config(write("[auth]\njwt_expire = \"15m\"\n[http]\nallowed_origins = "
                                        "[\"https://a.example\", \"http://localhost:3000\"]\n"),
                                  {}, {{"services", "user,order"}, {"http.request_timeout", "500ms"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->auth.jwt_expire, seconds{900});
  EXPECT_EQ(config->http.request_timeout, milliseconds{500});
  EXPECT_EQ(config->http.allowed_origins.size(), 2U);
  EXPECT_TRUE(config->runs(Service::user));
  EXPECT_FALSE(config->runs(Service::gateway));
}

TEST_F(ConfigTest, EventsAreKeptForeverOrForAnHourAtLeast) {
  const auto keep = [](const std::string& text) {
    return load_config({}, {}, {{"order.event_retention", text}});
  };
  EXPECT_EQ(load_config({}, {}, {})->order.event_retention, std::nullopt);
  EXPECT_EQ(keep("forever")->order.event_retention, std::nullopt);
  EXPECT_EQ(keep("90d")->order.event_retention, std::chrono::hours{90 * 24});
  EXPECT_EQ(keep("60m")->order.event_retention, std::chrono::hours{1});
  for (const auto* refused : {"59m", "0d", "never", ""}) EXPECT_FALSE(keep(refused)) << refused;
}

TEST_F(ConfigTest, WhatIsServedAtATimeMayBeNothingAndWhatWaitsMayNot) {
  const auto config = load_config(write("[overload]\nanalytics = 0\nqueue_target = \"20ms\"\n"),
                                  {"CLOUDCART_OVERLOAD_CHECKOUTS=7"}, {});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->overload.analytics, 0U);
  EXPECT_EQ(config->overload.checkouts, 7U);
  EXPECT_EQ(config->overload.queue_target, milliseconds{20});
  EXPECT_FALSE(load_config({}, {}, {{"overload.max_waiting", "0"}}));
  EXPECT_FALSE(load_config({}, {}, {{"overload.queue_interval", "0ms"}}));
  EXPECT_FALSE(load_config({}, {"CLOUDCART_OVERLOAD_QUEUE=5"}, {}));
}

TEST_F(ConfigTest, AMisspeltVariableOfAnySectionIsRefused) {
  for (const auto* variable :
       {"CLOUDCART_PRIVACY_RETRIES", "CLOUDCART_POSTGRES_ADDRESS", "CLOUDCART_TLS_CERT"})
    EXPECT_FALSE(load_config({}, {std::string{variable} + "=1s"}, {})) << variable;
  EXPECT_TRUE(load_config({}, {"CLOUDCART_TESTS=1"}, {})) << "nothing of the program's";
}

TEST_F(ConfigTest, EnginesAreNamedByAddress) {
  const auto with = [](const std::string& key, const std::string& text) {
    return load_config({}, {}, {{key, text}});
  };
  EXPECT_EQ(load_config({}, {}, {})->postgres.url, "");
  EXPECT_EQ(load_config({}, {"CLOUDCART_POSTGRES_URL=postgresql://shop@db:5432/shop"}, {})->postgres.url,
            "postgresql://shop@db:5432/shop");
  EXPECT_EQ(with("cache.redis", "cache:6379")->cache.redis, (ServerAddress{.host = "cache", .port = 6379}));
  EXPECT_TRUE(with("cache.redis", "rediss://shop:secret@cache:6380")->cache.redis->tls);
  for (const auto* refused : {"cache", ":6379", "cache:0", "cache:x", "cache:70000", ""})
    EXPECT_FALSE(with("cache.redis", refused)) << refused;
  EXPECT_EQ(with("clickhouse.database", "shop_1")->clickhouse.database, "shop_1");
  for (const auto* refused : {"Shop", "1st", "a-b", ""})
    EXPECT_FALSE(with("clickhouse.database", refused)) << "as its store would refuse it: " << refused;
  EXPECT_EQ(with("kafka.brokers", "a:9092,b:9092")->kafka.brokers, "a:9092,b:9092");
  for (const auto* refused : {"kafka", "a:9092,b", "a:9092,", ""})
    EXPECT_FALSE(with("kafka.brokers", refused)) << refused;
  EXPECT_EQ(with("kafka.topic_prefix", "shop-1.")->kafka.topic_prefix, "shop-1.");
  EXPECT_FALSE(with("kafka.topic_prefix", "shop/"));
  EXPECT_FALSE(with("kafka.partitions", "0"));
  EXPECT_FALSE(with("kafka.user", "shop")) << "without a password";
  EXPECT_FALSE(with("kafka.sasl_mechanism", "GSSAPI"));
  const auto signed_in =
      load_config({}, {"CLOUDCART_KAFKA_PASSWORD=secret"}, {{"kafka.user", "shop"}, {"kafka.tls", "true"}});
  ASSERT_TRUE(signed_in);
  EXPECT_EQ(signed_in->kafka.password, "secret");
  EXPECT_TRUE(signed_in->kafka.tls);
  EXPECT_FALSE(load_config({}, {"CLOUDCART_KAFKA_BROKER=a:1"}, {})) << "a misspelt name";
  for (const auto* refused : {"mysql://db/shop", "db:5432", ""})
    EXPECT_FALSE(with("postgres.url", refused)) << refused;
  EXPECT_FALSE(with("postgres.replica_url", "postgresql://standby/shop")) << "of what?";
  EXPECT_FALSE(with("postgres.replica_url", "standby:5432"));
  EXPECT_EQ(load_config({}, {},
                        {{"postgres.url", "postgresql://db/shop"},
                         {"postgres.replica_url", "postgresql://standby/shop"}})
                ->postgres.replica_url,
            "postgresql://standby/shop");
  EXPECT_EQ(with("postgres.schema_prefix", "shop_1")->postgres.schema_prefix, "shop_1");
  for (const auto* refused :
       {"", "1shop", "Shop", "shop-1", "a\"; DROP", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop"})
    EXPECT_FALSE(with("postgres.schema_prefix", refused)) << refused;
}

TEST_F(ConfigTest, AServiceElsewhereHasOneAddressOrSeveral) {
  using Addresses = std::vector<std::string>;
  const Addresses two{"http://a:3003", "http://b:3003"};
  const auto with = [](const std::string& text) { return load_config({}, {}, {{"upstreams.order", text}}); };
  EXPECT_EQ(with("http://a:3003")->upstreams.at(Service::order), Addresses{"http://a:3003"});
  EXPECT_EQ(with("http://a:3003, http://b:3003")->upstreams.at(Service::order), two);
  const auto listed =
      load_config(write("[upstreams]\norder = [\"http://a:3003\", \"http://b:3003\"]\n"), {}, {});
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_EQ(listed->upstreams.at(Service::order), two);
  const auto replaced = load_config(write("[upstreams]\norder = \"http://c:3003\"\n"),
                                    {"CLOUDCART_UPSTREAMS_ORDER=http://a:3003,http://b:3003"}, {});
  EXPECT_EQ(replaced->upstreams.at(Service::order), two);
  for (const auto* refused : {"", "a:3003", "http://a:3003,", ",http://a:3003", "http://a:3003,b:3003",
                              "http://a:3003,http://a:3003"})
    EXPECT_FALSE(with(refused)) << refused;
  EXPECT_NE(with("a:3003").error().message.find("upstreams.order must be an address like"),
            std::string::npos);
}

TEST_F(ConfigTest, ReadsAreHedgedWhenThatIsAskedFor) {
  const auto with = [](const std::string& text) {
    return load_config({}, {}, {{"upstreams.hedge_after", text}});
  };
  EXPECT_EQ(load_config({}, {}, {})->upstream.hedge_after, milliseconds{0});
  EXPECT_EQ(with("80ms")->upstream.hedge_after, milliseconds{80});
  EXPECT_EQ(with("0")->upstream.hedge_after, milliseconds{0});
  EXPECT_NE(with("-1").error().message.find("must be 0 or a duration"), std::string::npos);
  EXPECT_EQ(load_config(write("[upstreams]\nmax_connections = 7\n"), {}, {})->upstream.max_connections, 7);
}

TEST_F(ConfigTest, AnErasureIsNotDoneWhileTokensMayBeAtWork) {
  using Settings = std::vector<std::pair<std::string, std::string>>;
  const auto of = [](const Settings& flags) { return load_config({}, {}, flags); };
  EXPECT_EQ(of({})->settling(), seconds{300 + 10 + 5});
  EXPECT_EQ(of({{"auth.revocations_stale_after", "2s"}, {"http.request_timeout", "3s"}})->settling(),
            seconds{10});
  EXPECT_EQ(of({{"privacy.settling", "400s"}})->settling(), seconds{400});
  const auto refused = of({{"privacy.settling", "314s"}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("must be at least 315000ms"), std::string::npos)
      << refused.error().message;
}

TEST_F(ConfigTest, AProcessOfSeveralServesOnForAWhileWhenItStops) {
  using Settings = std::vector<std::pair<std::string, std::string>>;
  const auto of = [](const Settings& flags) { return load_config({}, {}, flags); };
  EXPECT_EQ(of({})->lame_duck(), milliseconds{0});
  EXPECT_EQ(of({{"services", "order"}})->lame_duck(), milliseconds{2500});
  EXPECT_EQ(of({{"services", "order"}, {"runtime.lame_duck", "0s"}})->lame_duck(), milliseconds{0});
  EXPECT_EQ(of({{"runtime.lame_duck", "3s"}})->lame_duck(), seconds{3});
  EXPECT_NE(of({{"runtime.lame_duck", "8s"}}).error().message.find("must be shorter"), std::string::npos);
  EXPECT_FALSE(of({{"services", "order"}, {"runtime.drain_timeout", "2s"}}));
}

TEST_F(ConfigTest, ReservationsLastAtLeastASecond) {
  EXPECT_EQ(load_config({}, {}, {})->product.reservation_timeout, std::chrono::minutes{15});
  EXPECT_EQ(load_config({}, {"CLOUDCART_PRODUCT_RESERVATION_TIMEOUT=2s"}, {})->product.reservation_timeout,
            seconds{2});
  const auto refused = load_config({}, {}, {{"product.reservation_timeout", "999ms"}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("at least 1s"), std::string::npos) << refused.error().message;
  EXPECT_FALSE(load_config({}, {"CLOUDCART_PRODUCT_TIMEOUT=2s"}, {}));
}

TEST_F(ConfigTest, EverySettingHasAVariableOfItsOwn) {
  std::set<std::string> variables;
  for (const auto& setting : settings()) EXPECT_TRUE(variables.insert(setting.variable()).second);
}

class SettingFileTest : public ConfigTest {
 protected:
  std::string file(std::string_view text) {
    const auto path = folder.path() / "secret";
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  static Result<Config> with(const std::string& path) {
    return load_config({}, {"CLOUDCART_KAFKA_USER=shop", "CLOUDCART_KAFKA_PASSWORD_FILE=" + path}, {});
  }
  static std::string refusal(const std::string& path) {
    const auto config = with(path);
    return config ? "" : config.error().message;
  }
};

TEST_F(SettingFileTest, HoldsTheTextOfAnySetting) {
  EXPECT_EQ(with(file("s3cret"))->kafka.password, "s3cret");
  EXPECT_EQ(with(file(" two words \n"))->kafka.password, " two words ");
  EXPECT_EQ(with(file("windows\r\n\r\n"))->kafka.password, "windows");
  EXPECT_EQ(load_config({}, {"CLOUDCART_PORTS_USER_FILE=" + file("7\n")}, {})->ports.user, 7);
  EXPECT_EQ(load_config({}, {"CLOUDCART_BIND_FILE=" + file("::\n")}, {})->bind, "::");
}

TEST_F(SettingFileTest, WinsOverTheSettingsFileAndLosesToFlags) {
  const auto toml = write("[ports]\nuser = 1\norder = 1\n");
  const auto path = file("2");
  const auto config =
      load_config(toml, {"CLOUDCART_PORTS_USER_FILE=" + path, "CLOUDCART_PORTS_ORDER_FILE=" + path},
                  {{"ports.order", "3"}});
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->ports.user, 2);
  EXPECT_EQ(config->ports.order, 3);
}

TEST_F(SettingFileTest, AFileThatCannotBeUsedSaysHowToMendIt) {
  EXPECT_NE(refusal(folder.path() / "missing").find("mount the file there"), std::string::npos);
  EXPECT_NE(refusal(folder.path()).find("Is a directory"), std::string::npos)
      << "as Docker makes of a file it lacks";
  EXPECT_NE(refusal("").find("must be the path of a file"), std::string::npos);
  for (const auto* nothing : {"", "\n", "\r\n"})
    EXPECT_NE(refusal(file(nothing)).find("write the value into it"), std::string::npos);
  EXPECT_NE(refusal(file(std::string(65'537, 'x'))).find("more than 65536 bytes"), std::string::npos);
  EXPECT_EQ(with(file(std::string(65'536, 'x')))->kafka.password.size(), 65'536);
  EXPECT_NE(refusal(file({"a\0b", 3})).find("no text"), std::string::npos);
  EXPECT_TRUE(refusal(folder.path() / "missing").contains("CLOUDCART_KAFKA_PASSWORD_FILE names"));
}

TEST_F(SettingFileTest, TheTextItselfIsCheckedAndNotShown) {
  const auto path = file("mysql://shop:s3cret@db/shop");
  const auto refused = load_config({}, {"CLOUDCART_POSTGRES_URL_FILE=" + path}, {});
  ASSERT_FALSE(refused);
  const auto& message = refused.error().message;
  EXPECT_TRUE(message.starts_with(path + " (CLOUDCART_POSTGRES_URL_FILE): postgres.url must be")) << message;
  EXPECT_FALSE(message.contains("s3cret"));
}

TEST_F(SettingFileTest, IsNotGivenBesideTheTextAndOfNoOtherName) {
  const std::string by_file = "CLOUDCART_KAFKA_PASSWORD_FILE=" + file("a"),
                    by_text = "CLOUDCART_KAFKA_PASSWORD=b";
  for (const auto& both : {std::vector{by_file, by_text}, std::vector{by_text, by_file}}) {
    const auto refused = load_config({}, both, {{"kafka.user", "shop"}});
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("remove one"), std::string::npos);
  }
  EXPECT_FALSE(load_config({}, {"CLOUDCART_KAFKA_PASWORD_FILE=" + file("a")}, {}));
  const auto path = file("these are 32 characters or more of them");
  const auto followed = load_config({}, {"CLOUDCART_AUTH_JWT_SECRET_FILE=" + path}, {});
  ASSERT_TRUE(followed);
  EXPECT_EQ(followed->auth.jwt_secret_file, path)
      << "a setting of its own: that file is read again for new keys";
  EXPECT_EQ(followed->auth.jwt_secret, "");
}

}  // namespace
}  // namespace cloudcart::app
