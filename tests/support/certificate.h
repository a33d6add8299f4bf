#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "support/temp_folder.h"

namespace cloudcart::test {

/// A certificate that signs for itself, with its key; its file is what who believes it is given as authority. Made by the
/// openssl command.
class Certificate {
 public:
  /// `alternative`: "DNS:name" or "IP:address".
  explicit Certificate(const std::string& alternative, const std::string& name = "test") {
    const auto command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=" +
        name + " -addext subjectAltName=" + alternative + " -keyout " + key() + " -out " + file() +
        " 2>/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl made no certificate");
  }
  std::string file() const { return (folder_.path() / "certificate.pem").string(); }
  std::string key() const { return (folder_.path() / "key.pem").string(); }

 private:
  TempFolder folder_;
};

}  // namespace cloudcart::test
