// HTTP requests off the wire: the same however the bytes arrive, and read as another parser reads them, or refused.
#include "http/request_parser.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "core/text.h"
#include "fuzz/fuzz_target.h"

using namespace cloudcart;
using namespace cloudcart::http;
using fuzz::require;

namespace {

namespace beast = boost::beast::http;

constexpr RequestLimits limits{.head_bytes = 4096, .target_bytes = 1024, .fields = 32, .body_bytes = 2048};

struct Heard {
  std::optional<ErrorCode> refused;
  bool is_done = false;
  bool keeps_connection = false;
  std::size_t taken = 0;
  Request request;
};

Heard listen(const std::vector<std::string_view>& pieces) {
  RequestParser parser(limits);
  Heard heard;
  std::string unread;
  for (const auto piece : pieces) {
    unread += piece;
    while (!parser.is_done() && !unread.empty()) {
      const auto taken = parser.put(unread);
      if (!taken) {
        heard.refused = taken.error().code;
        return heard;
      }
      require(*taken <= unread.size(), "no more is taken than there is");
      require(parser.body_bytes() <= limits.body_bytes, "bodies have a bound");
      if (*taken == 0) break;
      heard.taken += *taken;
      unread.erase(0, *taken);
    }
    if (parser.is_done()) break;
  }
  heard.is_done = parser.is_done();
  heard.keeps_connection = parser.keeps_connection();
  if (heard.is_done) heard.request = parser.take();
  return heard;
}

bool same_fields(const Headers& a, const Headers& b) {
  return std::ranges::equal(a.fields(), b.fields(), [](const auto& one, const auto& other) {
    return one.name == other.name && one.value == other.value;
  });
}

bool same(const Heard& a, const Heard& b) {
  if (a.refused || b.refused) return a.refused == b.refused;
  return a.is_done == b.is_done && a.taken == b.taken && a.keeps_connection == b.keeps_connection &&
         a.request.method == b.request.method && a.request.target == b.request.target &&
         a.request.body == b.request.body && same_fields(a.request.headers, b.request.headers);
}

/// What Beast makes of the same bytes, where it takes them: it reads the members of lists like Connection, which are bytes to us.
void compare_with_beast(std::string_view bytes, const Heard& heard) {
  beast::request_parser<beast::string_body> parser;
  parser.eager(true);
  parser.header_limit(1 << 16);
  boost::system::error_code ec;
  std::size_t taken = 0;
  while (!parser.is_done() && taken < bytes.size()) {
    const auto more = parser.put(boost::asio::buffer(bytes.data() + taken, bytes.size() - taken), ec);
    taken += more;
    if (ec || more == 0) break;
  }
  if (ec || !parser.is_done()) return;
  require(taken == heard.taken, "the request ends at the same byte");
  const auto& read = parser.get();
  const auto target = read.target();
  require(heard.request.target == std::string_view(target.data(), target.size()), "the target is the same");
  require(heard.request.body == read.body(), "the body is the same");
  require(heard.keeps_connection == read.keep_alive(), "whether the connection goes on is the same");
  for (const auto name : {"Host", "Content-Length", "Transfer-Encoding", "Authorization"}) {
    const auto ours = heard.request.headers.find(name);
    const auto theirs = read.find(name);
    require(ours.has_value() == (theirs != read.end()), "the fields are the same");
    if (ours)
      require(*ours == std::string_view(theirs->value().data(), theirs->value().size()), "and their values");
  }
}

}  // namespace

FUZZ_TARGET(request_parser) {
  fuzz::Input steered(input);
  const auto seed = steered.byte();
  const auto bytes = steered.rest();
  const auto heard = listen({bytes});
  require(same(heard, listen(fuzz::in_pieces(bytes, seed))), "a request does not depend on how bytes arrive");
  if (!heard.is_done) return;
  const auto& request = heard.request;
  require(request.target.size() <= limits.target_bytes &&
              request.target.find_first_of(std::string_view{" \r\n\0", 4}) == std::string::npos,
          "a target is one word within its bound");
  require(request.headers.fields().size() <= limits.fields, "fields have a bound");
  for (const auto& [name, value] : request.headers.fields()) {
    require(!name.empty() && name.find_first_of(" \t\r\n:") == std::string::npos, "a field's name is a word");
    require(value.find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos && trim(value) == value,
            "its value is one line");
  }
  require(!(request.headers.find("Content-Length") && request.headers.find("Transfer-Encoding")),
          "there is one way to tell the body's length");
  compare_with_beast(bytes, heard);
}
