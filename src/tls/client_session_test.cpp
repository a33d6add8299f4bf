#include "tls/client_session.h"

#include <array>
#include <fstream>
#include <memory>

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "support/certificate.h"

namespace cloudcart::tls {
namespace {

/// A server's side of a session, by OpenSSL itself.
class Server {
 public:
  explicit Server(const test::Certificate& certificate) : context_(SSL_CTX_new(TLS_server_method())) {
    EXPECT_EQ(SSL_CTX_use_certificate_file(context_.get(), certificate.file().c_str(), SSL_FILETYPE_PEM), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context_.get(), certificate.key().c_str(), SSL_FILETYPE_PEM), 1);
    session_ = SSL_new(context_.get());
    SSL_set_bio(session_, incoming_, outgoing_);
    SSL_set_accept_state(session_);
  }
  ~Server() { SSL_free(session_); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void take(std::string_view bytes) { BIO_write(incoming_, bytes.data(), static_cast<int>(bytes.size())); }
  /// What the client said.
  std::string read() {
    std::string said(200'000, '\0');
    std::size_t length = 0;
    while (length < said.size()) {
      const int count = SSL_read(session_, said.data() + length, static_cast<int>(said.size() - length));
      if (count <= 0) break;
      length += static_cast<std::size_t>(count);
    }
    said.resize(length);
    return said;
  }
  void say(std::string_view words) { SSL_write(session_, words.data(), static_cast<int>(words.size())); }
  void end() { SSL_shutdown(session_); }
  std::string sent() {
    std::string bytes(BIO_ctrl_pending(outgoing_), '\0');
    if (!bytes.empty()) BIO_read(outgoing_, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
  }

 private:
  ClientTrust context_;
  BIO* incoming_ = BIO_new(BIO_s_mem());
  BIO* outgoing_ = BIO_new(BIO_s_mem());
  SSL* session_ = nullptr;
};

class ClientSessionTest : public testing::Test {
 protected:
  /// Hands everything to and fro, `step` bytes at a time, until nobody has anything to say. What the server said, or why not.
  Result<std::string> talk(ClientSession& client, std::string words, std::size_t step = 1'000'000) {
    std::string heard;
    for (;;) {
      std::string sealed;
      CLOUDCART_CHECK(client.seal(words, sealed));
      server.take(sealed);
      received += server.read();
      const auto answer = server.sent();
      if (sealed.empty() && answer.empty()) return heard;
      for (std::size_t at = 0; at < answer.size(); at += step) {
        CLOUDCART_TRY(const auto said, client.open(std::string_view{answer}.substr(at, step)));
        heard += said;
      }
    }
  }

  const test::Certificate certificate{"DNS:cache.shop"};
  const ClientTrust trust = make_client_trust(certificate.file());
  Server server{certificate};
  std::string received;
};

TEST_F(ClientSessionTest, WhatIsSaidBeforeTheHandshakeIsHeardAfterIt) {
  ClientSession client(*trust, "cache.shop");
  ASSERT_TRUE(talk(client, "hello"));
  EXPECT_EQ(received, "hello");
  server.say("good day");
  EXPECT_EQ(talk(client, "").value(), "good day");
}

TEST_F(ClientSessionTest, BytesMayComeOneByOne) {
  ClientSession client(*trust, "cache.shop");
  server.say("nothing yet");
  ASSERT_TRUE(talk(client, "hello", 1));
  server.say("good day");
  EXPECT_EQ(talk(client, "", 1).value(), "good day");
}

TEST_F(ClientSessionTest, MuchMoreThanARecordGoesBothWays) {
  ClientSession client(*trust, "cache.shop");
  const std::string much(150'000, 'x');
  ASSERT_TRUE(talk(client, much));
  EXPECT_EQ(received, much);
  server.say(much);
  EXPECT_EQ(talk(client, "").value(), much);
}

TEST_F(ClientSessionTest, ACertificateForAnotherNameIsNotAccepted) {
  ClientSession client(*trust, "other.shop");
  const auto talked = talk(client, "hello");
  ASSERT_FALSE(talked);
  EXPECT_NE(talked.error().message.find("certificate is not accepted"), std::string::npos)
      << talked.error().message;
  EXPECT_EQ(received, "");
}

TEST_F(ClientSessionTest, AnUnknownAuthorityIsNotBelieved) {
  const auto nobody = make_client_trust({});
  ClientSession client(*nobody, "cache.shop");
  const auto talked = talk(client, "hello");
  ASSERT_FALSE(talked);
  EXPECT_EQ(talked.error().code, ErrorCode::unavailable);
  EXPECT_EQ(received, "");
}

TEST_F(ClientSessionTest, WhatIsNoTlsIsSaidToBeNone) {
  ClientSession client(*trust, "cache.shop");
  std::string words, sealed;
  ASSERT_TRUE(client.seal(words, sealed));
  const auto opened = client.open("-NOAUTH Authentication required.\r\n");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("no TLS with it"), std::string::npos) << opened.error().message;
}

TEST_F(ClientSessionTest, AServerMayEndTheSession) {
  ClientSession client(*trust, "cache.shop");
  ASSERT_TRUE(talk(client, "hello"));
  server.end();
  const auto talked = talk(client, "");
  ASSERT_FALSE(talked);
  EXPECT_EQ(talked.error().message, "it ended the session");
}

TEST(ClientTrustTest, AFileThatHoldsNoCertificatesIsRefused) {
  const test::TempFolder folder;
  const auto file = folder.path() / "nothing.pem";
  std::ofstream(file) << "nothing";
  EXPECT_THROW((void)make_client_trust(file), std::runtime_error);
  EXPECT_THROW((void)make_client_trust(folder.path() / "none.pem"), std::runtime_error);
}

}  // namespace
}  // namespace cloudcart::tls
