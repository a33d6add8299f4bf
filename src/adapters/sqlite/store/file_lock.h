#pragma once

#include <filesystem>

namespace cloudcart::sqlite {

/// An exclusive advisory lock on a file, held for the object's life and given up by the kernel when the
/// process dies.
class FileLock {
 public:
  /// Throws std::runtime_error that names the file and the holder's process id when another process has it.
  explicit FileLock(const std::filesystem::path& path);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_;
};

}  // namespace cloudcart::sqlite
