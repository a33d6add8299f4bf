#include "adapters/files/backup/archive_writer.h"

#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <zstd.h>

namespace cloudcart::backup {
namespace {

constexpr int level = 3;
/// The disk gets to work after so many bytes, so that the fsync at the end, and those of others, find little to wait for.
constexpr std::uint64_t sync_every = 8ULL << 20U;

}  // namespace

struct ArchiveWriter::Compressor {
  std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context{ZSTD_createCCtx(), ZSTD_freeCCtx};
  std::vector<char> buffer = std::vector<char>(ZSTD_CStreamOutSize());
};

ArchiveWriter::ArchiveWriter(const files::Descriptor& out)
    : out_(out), compressor_(std::make_unique<Compressor>()) {
  auto* context = compressor_->context.get();
  if (!context || ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)) ||
      ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)))
    throw std::runtime_error("Zstandard cannot be used");
}

ArchiveWriter::~ArchiveWriter() = default;

Status ArchiveWriter::begin(const Manifest& manifest) {
  taken_at_ = manifest.taken_at;
  const auto json = to_json(manifest);
  CLOUDCART_CHECK(begin_entry({std::string{manifest_name}, json.size()}));
  CLOUDCART_CHECK(write(json));
  return end_file();
}

Status ArchiveWriter::begin_file(const BackupFile& file) {
  return begin_entry({file.name, static_cast<std::uint64_t>(file.bytes)});
}

Status ArchiveWriter::begin_entry(const TarEntry& entry) {
  const auto header = tar_header(entry, taken_at_);
  left_ = header.size() + entry.bytes;
  padding_ = tar_padding(entry.bytes);
  return write(header);
}

Status ArchiveWriter::end_file() {
  if (left_ != 0) throw std::logic_error("a file of a backup is shorter than its manifest says");
  left_ = padding_;
  return write(std::string(padding_, '\0'));
}

Status ArchiveWriter::finish() {
  left_ = tar_end;
  CLOUDCART_CHECK(write(std::string(tar_end, '\0')));
  return compress({}, true);
}

Status ArchiveWriter::write(std::string_view bytes) {
  if (bytes.size() > left_) throw std::logic_error("a file of a backup is longer than its manifest says");
  left_ -= bytes.size();
  return compress(bytes, false);
}

Status ArchiveWriter::compress(std::string_view bytes, bool is_end) {
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (;;) {
    auto& buffer = compressor_->buffer;
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    const auto left =
        ZSTD_compressStream2(compressor_->context.get(), &out, &in, is_end ? ZSTD_e_end : ZSTD_e_continue);
    if (ZSTD_isError(left))
      return fail(ErrorCode::internal, fmt::format("Zstandard failed: {}.", ZSTD_getErrorName(left)));
    if (!out_.write_all({buffer.data(), out.pos})) return fail(files::failed_file("write", "the backup"));
    unsynced_ += out.pos;
    if (is_end ? left == 0 : in.pos == in.size) break;
  }
  if (unsynced_ < sync_every) return {};
  unsynced_ = 0;
  // A hint; what is durable, fsync says.
  static_cast<void>(::sync_file_range(out_.get(), 0, 0, SYNC_FILE_RANGE_WRITE));
  return {};
}

}  // namespace cloudcart::backup
