#pragma once

#include <filesystem>
#include <stdexcept>

namespace cloudcart::sqlite {

/// Another process has the lock. The message names it and the mend.
class InUse : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An exclusive advisory lock on a file, held for the object's life and given up by the kernel when the
/// process dies.
class FileLock {
 public:
  /// Throws InUse, which names the file and the holder's process id, when another process has it.
  explicit FileLock(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace cloudcart::sqlite
