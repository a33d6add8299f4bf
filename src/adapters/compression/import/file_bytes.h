#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace cloudcart::history {

/// A file's own bytes through a buffer, for decompressors: look at what is there, then say how much was used.
class FileBytes {
 public:
  /// not_found or unavailable; a folder cannot be read.
  static Result<FileBytes> open(const std::filesystem::path& path);
  FileBytes(FileBytes&& other) noexcept;
  FileBytes& operator=(FileBytes&&) = delete;
  ~FileBytes();

  /// The unused bytes, read anew when there are fewer than `at_least`; fewer only at the end.
  Result<std::string_view> peek(std::size_t at_least = 1);
  void consume(std::size_t bytes) { begin_ += bytes; }
  std::uint64_t position() const { return read_ - (end_ - begin_); }
  std::uint64_t size() const { return size_; }
  const std::string& name() const { return name_; }

 private:
  FileBytes(int descriptor, std::uint64_t size, std::string name);

  int descriptor_;
  std::uint64_t size_;
  std::string name_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t read_ = 0;
};

}  // namespace cloudcart::history
