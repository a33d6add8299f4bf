#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "auth/key_set.h"

namespace cloudcart::auth {

/// Who else may read a key file.
enum class Secrecy : std::uint8_t {
  owner_only,  ///< of the program's own files: one that others can read is refused
  as_mounted,  ///< of a file that the operator names; secrets of containers have modes of their own
};

/// The file that the processes of a platform share their keys by. It is replaced as a whole, so that a reader sees the
/// keys before or after a change.
class KeyFile {
 public:
  KeyFile(std::filesystem::path path, Secrecy secrecy) : path_(std::move(path)), secrecy_(secrecy) {}

  const std::filesystem::path& path() const { return path_; }
  /// Errors: unavailable when it cannot be read, validation_failed when it is no key file or is readable by others;
  /// sentences for the operator.
  Result<std::string> read_text() const;
  Result<KeySet> read() const;
  /// Makes a new key (mode 0600) when there is no file; of several processes that start at once all get the same.
  /// Throws std::runtime_error with a sentence for the operator.
  KeySet read_or_create() const;
  /// Reads, changes and writes (mode 0600), while every other change waits. Errors: those of read() and of `change`,
  /// unavailable when it cannot be written.
  Result<KeySet> change(const std::function<Result<KeySet>(const KeySet&)>& change) const;

 private:
  const std::filesystem::path path_;
  const Secrecy secrecy_;
};

}  // namespace cloudcart::auth
