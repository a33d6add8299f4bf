#include "adapters/files/backup/archive_reader.h"

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <zstd.h>

#include "backup/tar.h"
#include "core/sha256.h"

namespace cloudcart::backup {
namespace {

constexpr std::size_t manifest_limit = 1U << 20U;
constexpr std::size_t piece_size = 1U << 18U;

std::unexpected<Error> damaged(std::string_view why) {
  return fail(
      ErrorCode::validation_failed,
      fmt::format("The backup is damaged or none of this program: {}. Nothing of it can be used.", why));
}

/// The bytes within the Zstandard frame of a file.
class Decompressed {
 public:
  explicit Decompressed(const files::Descriptor& file) : file_(file) {
    if (!context_) throw std::runtime_error("Zstandard cannot be used");
  }

  /// Fills the buffer, whole or not at all.
  Status read(std::span<char> buffer) {
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    while (out.pos < out.size) {
      if (has_ended_) return damaged("it is cut off");
      CLOUDCART_CHECK(step(out));
    }
    return {};
  }

  /// Whether the frame ends here, its checksum is right and nothing follows.
  Status read_end() {
    char more = 0;
    ZSTD_outBuffer out{&more, 1, 0};
    while (!has_ended_ && out.pos == 0) CLOUDCART_CHECK(step(out));
    if (out.pos > 0) return damaged("something follows its end");
    CLOUDCART_CHECK(refill());
    if (in_.size > in_.pos) return damaged("something follows its end");
    return {};
  }

 private:
  Status step(ZSTD_outBuffer& out) {
    CLOUDCART_CHECK(refill());
    const auto before = out.pos;
    const bool has_input = in_.pos < in_.size;
    const auto left = ZSTD_decompressStream(context_.get(), &out, &in_);
    if (ZSTD_isError(left)) return damaged(ZSTD_getErrorName(left));
    has_ended_ = left == 0;
    // What was read before may still be in the decompressor; without any of both it ends too early.
    if (!has_ended_ && !has_input && out.pos == before) return damaged("it is cut off");
    return {};
  }

  Status refill() {
    if (in_.pos < in_.size) return {};
    const auto got = file_.read_at(buffer_, offset_);
    if (got < 0) return fail(files::failed_file("read", "the backup"));
    offset_ += static_cast<std::uint64_t>(got);
    in_ = {buffer_.data(), static_cast<std::size_t>(got), 0};
    return {};
  }

  const files::Descriptor& file_;
  std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx*)> context_{ZSTD_createDCtx(), ZSTD_freeDCtx};
  std::vector<char> buffer_ = std::vector<char>(ZSTD_DStreamInSize());
  ZSTD_inBuffer in_{nullptr, 0, 0};
  std::uint64_t offset_ = 0;
  bool has_ended_ = false;
};

class ArchiveReader {
 public:
  explicit ArchiveReader(const files::Descriptor& archive) : bytes_(archive) {}

  Result<Manifest> manifest() {
    CLOUDCART_TRY(const auto entry, next());
    if (!entry || entry->name != manifest_name || entry->bytes > manifest_limit)
      return damaged("it does not begin with a manifest");
    std::string json(entry->bytes, '\0');
    CLOUDCART_CHECK(bytes_.read(json));
    CLOUDCART_CHECK(skip(tar_padding(entry->bytes)));
    return parse_manifest(json);
  }

  Status file(const BackupFile& file, const TakePiece& take) {
    CLOUDCART_TRY(const auto entry, next());
    if (!entry || entry->name != file.name || entry->bytes != static_cast<std::uint64_t>(file.bytes))
      return damaged(fmt::format("{} is not where its manifest says", file.name));
    Sha256Stream digest;
    std::vector<char> piece(piece_size);
    for (std::uint64_t left = entry->bytes; left > 0;) {
      const std::span part(piece.data(),
                           static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size())));
      CLOUDCART_CHECK(bytes_.read(part));
      digest.add({part.data(), part.size()});
      CLOUDCART_CHECK(take(file, {part.data(), part.size()}, false));
      left -= part.size();
    }
    if (to_hex(digest.take()) != file.sha256)
      return damaged(fmt::format("{} is not what was written", file.name));
    CLOUDCART_CHECK(take(file, {}, true));
    return skip(tar_padding(entry->bytes));
  }

  Status end() {
    CLOUDCART_TRY(const auto entry, next());
    if (entry) return damaged(fmt::format("{} is not in its manifest", entry->name));
    CLOUDCART_CHECK(skip(tar_end - tar_block));
    return bytes_.read_end();
  }

 private:
  Result<std::optional<TarEntry>> next() {
    std::string block(tar_block, '\0');
    CLOUDCART_CHECK(bytes_.read(block));
    return read_tar_header(block);
  }

  Status skip(std::size_t count) {
    std::string block(count, '\0');
    return bytes_.read(block);
  }

  Decompressed bytes_;
};

}  // namespace

Result<Manifest> read_archive(const files::Descriptor& archive, const TakeManifest& take_manifest,
                              const TakePiece& take_piece) {
  ArchiveReader reader(archive);
  CLOUDCART_TRY(auto manifest, reader.manifest());
  CLOUDCART_CHECK(take_manifest(manifest));
  for (const auto& file : manifest.files) CLOUDCART_CHECK(reader.file(file, take_piece));
  CLOUDCART_CHECK(reader.end());
  return manifest;
}

}  // namespace cloudcart::backup
