#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace cloudcart::files {

/// A file's descriptor; closed at the end of the scope. What is created is for its owner alone.
class Descriptor {
 public:
  /// `flags` as open(2) takes them. Not open when that failed: errno says why.
  Descriptor(const std::filesystem::path& path, int flags);
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool is_open() const { return number_ >= 0; }
  int get() const { return number_; }
  /// Each false with errno when it failed.
  bool write_all(std::string_view bytes) const;
  bool sync() const;
  bool close();

 private:
  int number_;
};

/// Writes beside `file`, makes that durable, renames it over `file` and makes the rename durable: whatever happens
/// meanwhile, `file` is what it was before or what is written. Its folder must exist. Fails with unavailable, naming
/// the file and the reason.
Status replace_file(const std::filesystem::path& file, std::string_view bytes);

}  // namespace cloudcart::files
