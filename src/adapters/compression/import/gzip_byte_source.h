#pragma once

#include <memory>

#include "adapters/compression/import/file_bytes.h"
#include "import/ports/byte_source.h"

namespace cloudcart::history {

/// gzip (RFC 1952) by zlib.
class GzipByteSource final : public ByteSource {
 public:
  explicit GzipByteSource(FileBytes file);
  ~GzipByteSource() override;
  Result<std::size_t> read(std::span<char> buffer) override;
  std::uint64_t position() const override { return file_.position(); }
  std::uint64_t size() const override { return file_.size(); }

 private:
  struct Inflater;

  FileBytes file_;
  std::unique_ptr<Inflater> inflater_;
  bool in_part_ = true;  ///< a file may be several gzip members
};

}  // namespace cloudcart::history
