#include <csignal>
#include <fstream>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/problem.h"
#include "http/server.h"
#include "http/tls_certificate.h"
#include "http/upgrade.h"
#include "runtime/event_loop.h"
#include "support/certificate.h"
#include "support/temp_folder.h"

namespace cloudcart::http {
namespace {

test::Certificate named(const std::string& name) {
  return test::Certificate("DNS:localhost", name);
}

/// The certificate of `shown` and the key of `signing`, where a server looks for them.
void put(const std::filesystem::path& folder, const test::Certificate& shown,
         const test::Certificate& signing) {
  constexpr auto replace = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::copy_file(shown.file(), folder / "certificate.pem", replace);
  std::filesystem::copy_file(signing.key(), folder / "key.pem", replace);
}

/// A client that takes any certificate.
class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int newest = TLS1_3_VERSION) {
    sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    const timeval limit{.tv_sec = 5};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
    SSL_CTX_set_max_proto_version(context_.get(), newest);
    SSL_set_fd(ssl_.get(), fd_);
    SSL_set_max_proto_version(ssl_.get(), newest);
    SSL_set_security_level(ssl_.get(), 0);
    is_open = SSL_connect(ssl_.get()) == 1;
  }
  ~TlsClient() {
    ssl_.reset();
    ::close(fd_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  void send(std::string_view bytes) const {
    SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  }
  std::string read_until(std::string_view end) const {
    std::string text;
    char piece[16384];
    for (int got; (got = SSL_read(ssl_.get(), piece, sizeof piece)) > 0;) {
      text.append(piece, static_cast<std::size_t>(got));
      if (!end.empty() && text.ends_with(end)) break;
    }
    return text;
  }
  std::string shown_name() const {
    const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(ssl_.get()), X509_free);
    char name[64] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name, sizeof name);
    return name;
  }
  std::string_view version() const { return SSL_get_version(ssl_.get()); }

  bool is_open = false;

 private:
  const int fd_ = socket(AF_INET, SOCK_STREAM, 0);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_{SSL_CTX_new(TLS_client_method()),
                                                                   SSL_CTX_free};
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{SSL_new(context_.get()), SSL_free};
};

std::string plain_exchange(std::uint16_t port, std::string_view bytes) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  const timeval limit{.tv_sec = 5};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  std::string text;
  char piece[4096];
  for (ssize_t got; (got = recv(fd, piece, sizeof piece, 0)) > 0;)
    text.append(piece, static_cast<std::size_t>(got));
  ::close(fd);
  return text;
}

/// Says what it is told.
class Parrot final : public Upgrade {
 public:
  Task<void> run(std::shared_ptr<UpgradedConnection> connection) override {
    connection_ = connection;
    while (auto bytes = co_await connection->read())
      if (!co_await connection->write(*std::move(bytes))) break;
    connection_.reset();
  }
  void end(End) override {
    if (connection_) connection_->close();
  }

 private:
  std::shared_ptr<UpgradedConnection> connection_;
};

class ThreePieces final : public BodyStream {
 public:
  Task<std::optional<std::string>> next() override {
    if (sent_ == 3) co_return std::nullopt;
    co_return fmt::format("data: {}\n\n", ++sent_);
  }
  void cancel() override {}

 private:
  int sent_ = 0;
};

class TlsServerTest : public testing::Test {
 protected:
  TlsServerTest() {
    // As the program does: whoever has gone is an error of the write.
    std::signal(SIGPIPE, SIG_IGN);
    loop.start();
    server.start();
  }
  ~TlsServerTest() override {
    server.drain(seconds{2});
    loop.stop();
  }
  static std::filesystem::path write_first(const test::TempFolder& folder) {
    const auto first = named("first");
    put(folder.path(), first, first);
    return folder.path();
  }
  static Task<Response> answer(Request request) {
    if (request.target == "/large") co_return json_response(200, std::string(3 << 20, 'x'));
    if (request.target == "/stream") co_return Response{.stream = std::make_shared<ThreePieces>()};
    if (request.target == "/parrot") {
      Response response{.status = 101, .upgrade = std::make_shared<Parrot>()};
      response.headers.set("Upgrade", "parrot");
      co_return response;
    }
    co_return json_response(
        200, std::string{to_string(request.method)} + " " + request.target + " " + request.body);
  }

  test::TempFolder folder;
  const std::filesystem::path path = write_first(folder);
  TlsCertificate certificate{path / "certificate.pem", path / "key.pem"};
  EventLoop loop{"test-io"};
  Server server{{.head_timeout = seconds{1}, .tls = &certificate},
                {&loop},
                [](Request request) { return answer(std::move(request)); },
                [](const Error& error) { return problem_response(error, "refused"); }};
};

TEST_F(TlsServerTest, AnswersOnKeptConnections) {
  for (const int newest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    const TlsClient client(server.port(), newest);
    ASSERT_TRUE(client.is_open);
    EXPECT_EQ(client.version(), newest == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
    client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_NE(client.read_until("POST /a hello").find("HTTP/1.1 200"), std::string::npos);
    // Two at once, and a body larger than what TLS puts into one record.
    client.send(
        "GET /b HTTP/1.1\r\nHost: a\r\n\r\nPOST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n");
    EXPECT_NE(client.read_until("GET /b ").find("200"), std::string::npos);
    client.send(std::string(50'000, 'y'));
    EXPECT_EQ(client.read_until("yyy").substr(0, 12), "HTTP/1.1 200");
  }
  EXPECT_FALSE(TlsClient(server.port(), TLS1_1_VERSION).is_open);
}

TEST_F(TlsServerTest, LargeAnswersStreamsAndUpgrades) {
  const TlsClient client(server.port());
  client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_GT(client.read_until("").size(), 3U << 20);
  const TlsClient follower(server.port());
  follower.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(follower.read_until("").find("data: 3\n\n\r\n0\r\n\r\n"), std::string::npos);
  const TlsClient talker(server.port());
  talker.send("GET /parrot HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: parrot\r\n\r\nhello");
  EXPECT_NE(talker.read_until("hello").find("HTTP/1.1 101"), std::string::npos);
  talker.send("again");
  EXPECT_EQ(talker.read_until("again"), "again");
}

TEST_F(TlsServerTest, WhoSpeaksPlainlyIsToldSo) {
  const auto answer = plain_exchange(server.port(), "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400")) << answer;
  EXPECT_NE(answer.find("https://"), std::string::npos);
  EXPECT_EQ(plain_exchange(server.port(), "\x16\x03\x01").find("HTTP"), std::string::npos)
      << "a handshake that does not go on is left after the time for a head";
  const auto begin = std::chrono::steady_clock::now();
  while (server.connections() > 0) {
    ASSERT_LT(std::chrono::steady_clock::now() - begin, seconds{5});
    std::this_thread::sleep_for(milliseconds{5});
  }
}

TEST_F(TlsServerTest, ARenewedCertificateIsShownAndABrokenOneIsNot) {
  const auto renew = [&](const test::Certificate& shown, const test::Certificate& signing) {
    const auto later = std::filesystem::last_write_time(path / "key.pem") + seconds{1};
    put(path, shown, signing);
    std::filesystem::last_write_time(path / "key.pem", later);
  };
  EXPECT_EQ(TlsClient(server.port()).shown_name(), "first");
  EXPECT_EQ(certificate.refresh(), false) << "nothing has changed";
  const TlsClient kept(server.port());
  const auto second = named("second"), third = named("third");
  renew(second, second);
  EXPECT_EQ(certificate.refresh(), true);
  EXPECT_EQ(TlsClient(server.port()).shown_name(), "second");
  kept.send("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_NE(kept.read_until("GET /b ").find("200"), std::string::npos);
  renew(third, second);
  const auto refused = certificate.refresh();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("is not the key of the certificate"), std::string::npos);
  EXPECT_EQ(TlsClient(server.port()).shown_name(), "second");
}

TEST(TlsCertificateTest, MistakesNameTheFileAndTheMend) {
  const test::TempFolder folder;
  const auto a = named("a"), b = named("b");
  const std::filesystem::path good = a.file(), key = a.key(), broken = folder.path() / "broken.pem";
  std::ofstream(broken) << "nothing of the kind";
  const auto mistake = [](const std::filesystem::path& certificate,
                          const std::filesystem::path& its_key) -> std::string {
    try {
      const TlsCertificate loaded(certificate, its_key);
    } catch (const std::runtime_error& refusal) {
      return refusal.what();
    }
    return "none";
  };
  EXPECT_EQ(mistake(good, key), "none");
  EXPECT_NE(mistake(folder.path() / "missing.pem", key).find("tls.certificate: cannot read"),
            std::string::npos);
  EXPECT_NE(mistake(good, folder.path()).find("tls.key: cannot read"), std::string::npos);
  EXPECT_NE(mistake(broken, key).find("holds no certificate"), std::string::npos);
  EXPECT_NE(mistake(good, broken).find("holds no private key"), std::string::npos);
  EXPECT_NE(mistake(good, b.key()).find("is not the key of the certificate"), std::string::npos);
}

}  // namespace
}  // namespace cloudcart::http
