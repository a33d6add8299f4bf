#pragma once

#include <chrono>
#include <csignal>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/server_address.h"
#include "support/certificate.h"
#include "support/temp_folder.h"

namespace cloudcart::test {

/// A redis-server of the test's own, to be stopped, frozen, flushed and started again. Ends with the test.
class RedisServer {
 public:
  RedisServer() { start(); }
  /// One that asks for a password, and for TLS at tls_address().
  RedisServer(const Certificate& certificate, std::string password)
      : password_(std::move(password)),
        secured_{"--requirepass",      password_,          "--tls-port",         std::to_string(tls_port_),
                 "--tls-cert-file",    certificate.file(), "--tls-key-file",     certificate.key(),
                 "--tls-ca-cert-file", certificate.file(), "--tls-auth-clients", "no"} {
    start();
  }
  ~RedisServer() { kill(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  ServerAddress address() const { return {.password = password_, .host = "127.0.0.1", .port = port_}; }
  ServerAddress tls_address() const {
    return {.tls = true, .password = password_, .host = "127.0.0.1", .port = tls_port_};
  }
  std::uint16_t port() const { return port_; }

  /// At the same address, with the snapshot that was saved last.
  void start() {
    const auto port = std::to_string(port_);
    const auto folder = folder_.path().string(), log = folder + "/log";
    std::vector<const char*> words{"redis-server", "--port",       port.c_str(), "--bind", "127.0.0.1",
                                   "--dir",        folder.c_str(), "--save",     ""};
    for (const auto& word : secured_) words.push_back(word.c_str());
    words.push_back(nullptr);
    process_ = fork();
    if (process_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const int out = ::open(log.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
      dup2(out, STDOUT_FILENO);
      dup2(out, STDERR_FILENO);
      execvp(words[0], const_cast<char* const*>(words.data()));
      _exit(127);
    }
    for (int tries = 0; tries < 500; ++tries) {
      if (connected() && ask({"PING"}) == "PONG") return;
      if (waitpid(process_, nullptr, WNOHANG) == process_) break;
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    throw std::runtime_error("redis-server did not start; is it installed? ./scripts/setup installs it");
  }
  /// As a crash does it: nothing is saved.
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = 0;
  }
  /// It takes connections and bytes, and does not answer.
  void freeze() const {
    ::kill(process_, SIGSTOP);
    int status = 0;
    waitpid(process_, &status, WUNTRACED);
  }
  void thaw() const { ::kill(process_, SIGCONT); }

  /// The answer as text.
  std::string ask(const std::vector<std::string>& words) const {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const auto& word : words) {
      texts.push_back(word.data());
      lengths.push_back(word.size());
    }
    const auto context = connect();
    const std::unique_ptr<void, decltype(&freeReplyObject)> answer{
        redisCommandArgv(context.get(), static_cast<int>(words.size()), texts.data(), lengths.data()),
        &freeReplyObject};
    const auto* reply = static_cast<const redisReply*>(answer.get());
    if (!reply) return {};
    if (reply->type == REDIS_REPLY_INTEGER) return std::to_string(reply->integer);
    return reply->str ? std::string{reply->str, reply->len} : std::string{};
  }

 private:
  using Context = std::unique_ptr<redisContext, decltype(&redisFree)>;

  Context connect() const {
    Context context{redisConnect("127.0.0.1", port_), &redisFree};
    if (!password_.empty() && context && context->err == 0)
      freeReplyObject(redisCommand(context.get(), "AUTH %s", password_.c_str()));
    return context;
  }
  bool connected() const {
    const auto context = connect();
    return context && context->err == 0;
  }
  /// Not one of those that the system gives to outgoing connections: it is to be free again after a stop.
  static std::uint16_t free_port() {
    std::random_device random;
    for (int tries = 0; tries < 100; ++tries) {
      const auto port = static_cast<std::uint16_t>(20'000 + random() % 12'000);
      const int listener = socket(AF_INET, SOCK_STREAM, 0);
      sockaddr_in place{};
      place.sin_family = AF_INET;
      place.sin_port = htons(port);
      place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      const bool is_free = bind(listener, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0;
      ::close(listener);
      if (is_free) return port;
    }
    throw std::runtime_error("no port is free");
  }

  TempFolder folder_;
  const std::uint16_t port_ = free_port(), tls_port_ = free_port();
  const std::string password_;
  const std::vector<std::string> secured_;
  pid_t process_ = 0;
};

}  // namespace cloudcart::test
