#pragma once

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "support/certificate.h"
#include "support/temp_folder.h"

namespace cloudcart::test {

/// A Kafka of the test's own, to be stopped, frozen, wiped and started again. Ends with the test.
class KafkaServer {
 public:
  KafkaServer() { start(); }
  /// One that has a second address, for TLS and the user "shop" with the password "open sesame" (SASL PLAIN).
  explicit KafkaServer(const Certificate& certificate) : secured_(folder_.path() / "secured.pem") {
    std::ofstream(secured_) << std::ifstream(certificate.key()).rdbuf()
                            << std::ifstream(certificate.file()).rdbuf();
    start();
  }
  ~KafkaServer() {
    if (std::filesystem::exists(folder_.path() / "kafka")) engines("stop");
  }
  KafkaServer(const KafkaServer&) = delete;
  KafkaServer& operator=(const KafkaServer&) = delete;

  std::string address() const { return "127.0.0.1:" + note("port"); }
  std::string secured_address() const { return "127.0.0.1:" + note("secured_port"); }
  /// At the same address, with what it held.
  void start() {
    if (engines("start") != 0)
      throw std::runtime_error("Kafka did not start; is it installed? ./scripts/setup installs it");
  }
  /// As a crash does it.
  void kill() const { signal(SIGKILL); }
  /// It takes connections and bytes, and does not answer.
  void freeze() const { signal(SIGSTOP); }
  void thaw() const { signal(SIGCONT); }
  /// Another cluster takes its place, without a topic.
  void wipe() {
    kill();
    std::filesystem::remove_all(folder_.path() / "kafka/place/data/logs");
    start();
  }

 private:
  std::string note(const char* name) const {
    std::ifstream file(folder_.path() / "kafka" / name);
    std::string text;
    std::getline(file, text);
    return text;
  }
  void signal(int number) const { ::kill(std::stoi(note("pid")), number); }
  int engines(const std::string& what) const {
    const auto secured =
        secured_.empty() ? std::string{} : "CLOUDCART_ENGINES_KAFKA_SECURED=" + secured_.string() + " ";
    const auto command = secured + CLOUDCART_ENGINES_SCRIPT + " " + what + " " + folder_.path().string() +
                         " kafka > /dev/null";
    return std::system(command.c_str());  // NOLINT: the command is ours
  }

  TempFolder folder_;
  const std::filesystem::path secured_;
};

}  // namespace cloudcart::test
