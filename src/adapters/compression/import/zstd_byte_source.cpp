#include "adapters/compression/import/zstd_byte_source.h"

#include <new>

#include <zstd.h>

namespace cloudcart::history {

struct ZstdByteSource::Decompressor {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  Decompressor() {
    if (!context) throw std::bad_alloc();
  }
  ~Decompressor() { ZSTD_freeDCtx(context); }
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
};

ZstdByteSource::ZstdByteSource(FileBytes file)
    : file_(std::move(file)), decompressor_(std::make_unique<Decompressor>()) {}
ZstdByteSource::~ZstdByteSource() = default;

Result<std::size_t> ZstdByteSource::read(std::span<char> buffer) {
  ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
  while (output.pos == 0) {
    CLOUDCART_TRY(const auto bytes, file_.peek());
    // Also without new input: the decompressor may hold output that did not fit the buffer before.
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    if (bytes.empty() && !in_frame_) break;
    const std::size_t outcome = ZSTD_decompressStream(decompressor_->context, &output, &input);
    file_.consume(input.pos);
    if (ZSTD_isError(outcome))
      return fail(ErrorCode::unavailable, file_.name() + " is damaged: " + ZSTD_getErrorName(outcome) + ".");
    in_frame_ = outcome != 0;
    if (bytes.empty() && output.pos == 0 && in_frame_)
      return fail(ErrorCode::unavailable, file_.name() + " is cut off: the zstd data does not end.");
  }
  return output.pos;
}

}  // namespace cloudcart::history
