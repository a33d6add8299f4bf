#include "adapters/compression/import/gzip_byte_source.h"

#include <new>

#include <zlib.h>

namespace cloudcart::history {
namespace {
constexpr int gzip_only = 16 + MAX_WBITS;
}

struct GzipByteSource::Inflater {
  z_stream stream{};
  Inflater() {
    if (inflateInit2(&stream, gzip_only) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

GzipByteSource::GzipByteSource(FileBytes file)
    : file_(std::move(file)), inflater_(std::make_unique<Inflater>()) {}
GzipByteSource::~GzipByteSource() = default;

Result<std::size_t> GzipByteSource::read(std::span<char> buffer) {
  z_stream& stream = inflater_->stream;
  stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
  stream.avail_out = static_cast<uInt>(buffer.size());
  while (stream.avail_out == buffer.size()) {
    CLOUDCART_TRY(const auto input, file_.peek());
    if (input.empty() && !in_part_) break;
    if (input.empty())
      return fail(ErrorCode::unavailable, file_.name() + " is cut off: the gzip data does not end.");
    if (!in_part_) {
      // What follows the last part and is no gzip is padding of tapes and disks; gzip itself leaves it alone,
      // too.
      if (static_cast<unsigned char>(input.front()) != 0x1F) break;
      inflateReset(&stream);
      in_part_ = true;
    }
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream.avail_in = static_cast<uInt>(input.size());
    const int outcome = inflate(&stream, Z_NO_FLUSH);
    file_.consume(input.size() - stream.avail_in);
    if (outcome == Z_STREAM_END) {
      in_part_ = false;
    } else if (outcome != Z_OK) {
      return fail(ErrorCode::unavailable, file_.name() + " is damaged: the gzip data cannot be read.");
    }
  }
  return buffer.size() - stream.avail_out;
}

}  // namespace cloudcart::history
