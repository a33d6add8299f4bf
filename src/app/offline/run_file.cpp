#include "app/offline/run_file.h"

#include <cerrno>
#include <cstring>
#include <iterator>

#include <fmt/format.h>

namespace cloudcart::app {

Result<TextFile> TextFile::create(const std::filesystem::path& path) {
  TextFile file(path.string(), std::fopen(path.c_str(), "wb"));
  if (!file.file_) return file.failure();
  return file;
}

Status TextFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) return failure();
  return {};
}

Status TextFile::close() {
  if (std::fclose(file_.release()) != 0) return failure();
  return {};
}

std::unexpected<Error> TextFile::failure() const {
  return fail(ErrorCode::unavailable, fmt::format("{} cannot be written: {}.", name_, std::strerror(errno)));
}

std::string run_lines(std::string_view query_id, std::span<const recommendation::offline::Answer> answers,
                      const recommendation::offline::Words& words) {
  std::string lines;
  auto out = std::back_inserter(lines);
  for (std::size_t i = 0; i < answers.size(); ++i)
    out = fmt::format_to(out, "{}\t{}\t{}\t{}\n", query_id, i + 1, words.items[answers[i].item],
                         answers[i].score);
  return lines;
}

}  // namespace cloudcart::app
