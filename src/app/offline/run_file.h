#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "recommendation/offline/metrics.h"

namespace cloudcart::app {

/// A text file that is written from beginning to end. Where it is not closed, it may lack its end.
class TextFile {
 public:
  /// unavailable, with the file's name and the reason, as everywhere below.
  static Result<TextFile> create(const std::filesystem::path& path);

  Status write(std::string_view text);
  Status close();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  TextFile(std::string name, std::FILE* file) : name_(std::move(name)), file_(file) {}
  std::unexpected<Error> failure() const;

  std::string name_;
  std::unique_ptr<std::FILE, Close> file_;
};

/// Lines `query_id <tab> rank <tab> item_id <tab> score`, rank from 1.
std::string run_lines(std::string_view query_id, std::span<const recommendation::offline::Answer> answers,
                      const recommendation::offline::Words& words);

}  // namespace cloudcart::app
