#pragma once

#include <filesystem>
#include <string>

#include "adapters/files/store/replace_file.h"
#include "core/result.h"

namespace cloudcart::files {

/// A new file that gets its name once it is complete, and never takes that of another. Until then it has none (O_TMPFILE), so
/// nothing is left of it whatever ends the process; on file systems that cannot do that it has a hidden name, which goes with the object.
class StagedFile {
 public:
  /// Its folder must be there. Fails with conflict when there is a file of the name, with unavailable when none can be made.
  static Result<StagedFile> create(std::filesystem::path target);
  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;
  ~StagedFile();

  /// To be written and read.
  const Descriptor& file() const { return file_; }
  /// Makes durable what was written, and its name. Errors as create().
  Status publish();

 private:
  StagedFile(std::filesystem::path target, std::filesystem::path hidden, Descriptor file)
      : target_(std::move(target)), hidden_(std::move(hidden)), file_(std::move(file)) {}

  std::filesystem::path target_, hidden_;  ///< hidden_: empty when it has no name
  Descriptor file_;
};

}  // namespace cloudcart::files
