#pragma once

#include <cstdint>
#include <span>

#include "core/result.h"

namespace cloudcart::history {

/// The bytes of one file, decompressed where it is compressed. Plain calls and no tasks: an import reads on a
/// thread of its own.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills the front of `buffer` (never empty) and answers how much; 0 only at the end. A file that is cut
  /// off or damaged, or a failing disk: unavailable, with the file's name in the message.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;
  /// How far the file itself has been read, for progress, and its size; both of the compressed form.
  virtual std::uint64_t position() const = 0;
  virtual std::uint64_t size() const = 0;
};

}  // namespace cloudcart::history
