#pragma once

#include <memory>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace cloudcart::backup {

/// SHA-256 of bytes that come in pieces.
class Digest {
 public:
  Digest();
  void add(std::string_view bytes);
  /// Hexadecimal; the next bytes begin anew.
  std::string take();

 private:
  void begin();

  std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> context_;
};

}  // namespace cloudcart::backup
