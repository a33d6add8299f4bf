#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/timestamp.h"

/// As much of the tar format (POSIX.1-2001, ustar) as an archive of a few regular files needs, so that `tar` reads it too.
namespace cloudcart::backup {

constexpr std::size_t tar_block = 512;
/// Two blocks of zeros end an archive.
constexpr std::size_t tar_end = 2 * tar_block;

struct TarEntry {
  std::string name;
  std::uint64_t bytes = 0;
  bool operator==(const TarEntry&) const = default;
};

/// The block before a file's bytes. The name has at most 99 bytes. Sizes from 8 GiB on are written in base 256, as GNU tar
/// does and others read.
std::string tar_header(const TarEntry& entry, Timestamp modified);
/// Zeros that follow so many bytes, up to a whole block.
constexpr std::size_t tar_padding(std::uint64_t bytes) {
  return static_cast<std::size_t>((tar_block - bytes % tar_block) % tar_block);
}
/// Nullopt for the block of zeros that begins the end. Fails with validation_failed for what tar_header() never writes.
Result<std::optional<TarEntry>> read_tar_header(std::string_view block);

}  // namespace cloudcart::backup
