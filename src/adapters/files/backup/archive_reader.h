#pragma once

#include <functional>
#include <string_view>

#include "adapters/files/store/replace_file.h"
#include "backup/manifest.h"
#include "core/result.h"

namespace cloudcart::backup {

/// A piece of a file; `is_last` when the whole of it has the size and the digest that the manifest says, with the last piece,
/// which may be empty. An error ends the reading and becomes its answer.
using TakePiece = std::function<Status(const BackupFile& file, std::string_view piece, bool is_last)>;
/// Called with the manifest, before any file.
using TakeManifest = std::function<Status(const Manifest& manifest)>;

/// Reads a backup from its beginning to its end and checks all of it: the frame's checksum, that the files are those of the
/// manifest, in its order, each with its size and SHA-256, and that nothing follows. Fails with validation_failed, a sentence for
/// the operator, when it is damaged, cut off or no backup, and with unavailable when it cannot be read.
Result<Manifest> read_archive(const files::Descriptor& archive, const TakeManifest& take_manifest,
                              const TakePiece& take_piece);

}  // namespace cloudcart::backup
