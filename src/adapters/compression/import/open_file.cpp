#include "adapters/compression/import/open_file.h"

#include <algorithm>
#include <cstring>

#include "adapters/compression/import/file_bytes.h"
#include "adapters/compression/import/gzip_byte_source.h"
#include "adapters/compression/import/zstd_byte_source.h"

namespace cloudcart::history {
namespace {

constexpr std::string_view gzip_magic = "\x1F\x8B";
constexpr std::string_view zstd_magic = "\x28\xB5\x2F\xFD";

class PlainByteSource final : public ByteSource {
 public:
  explicit PlainByteSource(FileBytes file) : file_(std::move(file)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    CLOUDCART_TRY(const auto bytes, file_.peek());
    const auto length = std::min(bytes.size(), buffer.size());
    std::memcpy(buffer.data(), bytes.data(), length);
    file_.consume(length);
    return length;
  }
  std::uint64_t position() const override { return file_.position(); }
  std::uint64_t size() const override { return file_.size(); }

 private:
  FileBytes file_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& path) {
  CLOUDCART_TRY(auto file, FileBytes::open(path));
  CLOUDCART_TRY(const auto beginning, file.peek(zstd_magic.size()));
  if (beginning.starts_with(gzip_magic)) return std::make_unique<GzipByteSource>(std::move(file));
  if (beginning.starts_with(zstd_magic)) return std::make_unique<ZstdByteSource>(std::move(file));
  return std::make_unique<PlainByteSource>(std::move(file));
}

}  // namespace cloudcart::history
