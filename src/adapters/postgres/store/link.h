#pragma once

#include <memory>
#include <string>
#include <vector>

namespace cloudcart::postgres {

/// Whether a server accepts connections at this address; who may sign in there is not asked. True for an address that is none,
/// so that whoever connects is told what is wrong with it. Blocks for seconds at most.
bool accepts_connections(const std::string& url);

/// A connection of libpq's blocking side, which is enough before anything is served and for commands. All throw
/// std::runtime_error with a sentence for the operator.
class Link {
 public:
  /// `where` tells people what it is for: "the order service (schema shop_order)".
  Link(const std::string& url, std::string where);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  int version() const;
  /// One or more statements; answers the rows of the last one, as text.
  std::vector<std::vector<std::string>> run(const std::string& sql);
  std::string value(const std::string& sql) { return run(sql).at(0).at(0); }
  std::string literal(const std::string& text);

 private:
  struct Impl;
  std::string where_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cloudcart::postgres
