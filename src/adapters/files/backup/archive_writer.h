#pragma once

#include <memory>
#include <string_view>

#include "adapters/files/store/replace_file.h"
#include "backup/manifest.h"
#include "backup/tar.h"
#include "core/result.h"

namespace cloudcart::backup {

/// Writes a backup: a tar archive in one Zstandard frame with a checksum, the manifest first and then its files in its order.
/// Ordinary tools read it (`tar --zstd -xf`). All fail with unavailable when the disk does not take it.
class ArchiveWriter {
 public:
  /// Writes to `out`, from where it stands, which must outlive this.
  explicit ArchiveWriter(const files::Descriptor& out);
  ~ArchiveWriter();
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;

  Status begin(const Manifest& manifest);
  /// Of the manifest's next file; its bytes follow, exactly as many as it says.
  Status begin_file(const BackupFile& file);
  Status write(std::string_view bytes);
  Status end_file();
  Status finish();

 private:
  struct Compressor;
  Status begin_entry(const TarEntry& entry);
  Status compress(std::string_view bytes, bool is_end);

  const files::Descriptor& out_;
  std::unique_ptr<Compressor> compressor_;
  Timestamp taken_at_{};
  std::uint64_t left_ = 0;      ///< of the file that is being written
  std::size_t padding_ = 0;     ///< behind it
  std::uint64_t unsynced_ = 0;  ///< written since the disk was last told to begin
};

}  // namespace cloudcart::backup
