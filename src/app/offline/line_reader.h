#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "import/ports/byte_source.h"

namespace cloudcart::app {

/// Called now and then while a file is read: bytes done, bytes in all.
using ReadProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// The lines of a text file, plain or compressed; blank ones are skipped, line ends and a byte order mark taken
/// off.
class LineReader {
 public:
  /// not_found, naming the file.
  static Result<LineReader> open(const std::filesystem::path& path);

  /// Nullopt at the end. The text is valid until the next call.
  Result<std::optional<std::string_view>> next();
  /// The number of the line given last, from 1.
  std::uint64_t line() const { return line_; }
  /// "FILE, line N: what"
  std::unexpected<Error> refuse(const std::string& what) const;

 private:
  LineReader(std::string name, std::unique_ptr<history::ByteSource> bytes)
      : name_(std::move(name)), bytes_(std::move(bytes)) {}
  Result<bool> fill();

  std::string name_;
  std::unique_ptr<history::ByteSource> bytes_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint64_t line_ = 0;
  bool ended_ = false;
};

}  // namespace cloudcart::app
