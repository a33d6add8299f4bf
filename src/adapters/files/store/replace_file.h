#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <utility>

#include <sys/types.h>

#include "core/result.h"

namespace cloudcart::files {

/// A file's descriptor; closed at the end of the scope. What is created is for its owner alone.
class Descriptor {
 public:
  /// `flags` as open(2) takes them. Not open when that failed: errno says why.
  Descriptor(const std::filesystem::path& path, int flags);
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool is_open() const { return number_ >= 0; }
  int get() const { return number_; }
  /// Each false with errno when it failed.
  bool write_all(std::string_view bytes) const;
  bool sync() const;
  bool close();
  /// From `offset` on, as many bytes as there are up to the buffer's size; less only at the end. -1 with errno.
  ssize_t read_at(std::span<char> buffer, std::uint64_t offset) const;

 private:
  int number_;
};

/// Writes beside `file`, makes that durable, renames it over `file` and makes the rename durable: whatever happens
/// meanwhile, `file` is what it was before or what is written. Its folder must exist. Fails with unavailable, naming
/// the file and the reason.
Status replace_file(const std::filesystem::path& file, std::string_view bytes);

/// That of a file, whose path may be its name alone.
std::filesystem::path folder_of(const std::filesystem::path& file);
/// Makes durable which names a folder holds. False with errno when it failed.
bool sync_folder(const std::filesystem::path& folder);
/// unavailable: "Cannot <what> <path>: <why>.", by errno.
Error failed_file(const char* what, const std::filesystem::path& path);

}  // namespace cloudcart::files
