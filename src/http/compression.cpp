#include "http/compression.h"

#include <zlib.h>

#include "core/text.h"

namespace cloudcart::http {
namespace {

constexpr std::size_t worth_compressing = 1024;
/// Level 1 gives most of the gain on JSON at a fraction of the default's time.
constexpr int level = 1;
constexpr int gzip_window = 15 + 16;

bool is_text(std::string_view type) {
  return type.starts_with("application/json") || type.starts_with("text/") ||
         type.starts_with("application/javascript");
}

}  // namespace

std::optional<std::string> gzip(std::string_view data) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return std::nullopt;
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (ended != Z_STREAM_END) return std::nullopt;
  return out;
}

bool accepts(std::string_view accept_encoding, Encoding encoding) {
  if (encoding == Encoding::identity) return true;
  const std::string_view name = encoding == Encoding::gzip ? "gzip" : "br";
  for (const auto part : split(accept_encoding, ',')) {
    const auto coding = trim(part.substr(0, part.find(';')));
    if (!ascii_iequals(coding, name)) continue;
    const auto q = part.find("q=");
    if (q == std::string_view::npos) return true;
    const auto weight = trim(part.substr(q + 2));
    return weight.find_first_not_of("0.") != std::string_view::npos;
  }
  return false;
}

void compress(const Request& request, Response& response) {
  if (response.stream || response.body.size() < worth_compressing ||
      response.headers.find("Content-Encoding"))
    return;
  if (!is_text(response.headers.find("Content-Type").value_or(""))) return;
  response.headers.add("Vary", "Accept-Encoding");
  if (!accepts(request.headers.find("Accept-Encoding").value_or(""), Encoding::gzip)) return;
  if (auto packed = gzip(response.body); packed && packed->size() < response.body.size()) {
    response.body = *std::move(packed);
    response.headers.add("Content-Encoding", "gzip");
  }
}

}  // namespace cloudcart::http
