#pragma once

#include <memory>

#include "adapters/compression/import/file_bytes.h"
#include "import/ports/byte_source.h"

namespace cloudcart::history {

/// Zstandard (RFC 8878) by libzstd.
class ZstdByteSource final : public ByteSource {
 public:
  explicit ZstdByteSource(FileBytes file);
  ~ZstdByteSource() override;
  Result<std::size_t> read(std::span<char> buffer) override;
  std::uint64_t position() const override { return file_.position(); }
  std::uint64_t size() const override { return file_.size(); }

 private:
  struct Decompressor;

  FileBytes file_;
  std::unique_ptr<Decompressor> decompressor_;
  bool in_frame_ = true;
};

}  // namespace cloudcart::history
