#include "app/offline/line_reader.h"

#include <fmt/format.h>

#include "adapters/compression/import/open_file.h"

namespace cloudcart::app {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{256} * 1024;
constexpr std::size_t max_line_bytes = std::size_t{4} * 1024 * 1024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

Result<LineReader> LineReader::open(const std::filesystem::path& path) {
  CLOUDCART_TRY(auto bytes, history::open_file(path));
  return LineReader(path.string(), std::move(bytes));
}

Result<std::optional<std::string_view>> LineReader::next() {
  for (;;) {
    auto end = buffer_.find('\n', at_);
    while (end == std::string::npos && !ended_) {
      const auto searched = buffer_.size() - at_;
      if (searched > max_line_bytes) {
        ++line_;
        return refuse("the line is longer than 4 MiB; is this the right file?");
      }
      CLOUDCART_CHECK(fill());
      end = buffer_.find('\n', at_ + searched);
    }
    if (end == std::string::npos && at_ == buffer_.size()) return std::nullopt;
    auto text = std::string_view{buffer_}.substr(at_, end == std::string::npos ? end : end - at_);
    at_ = end == std::string::npos ? buffer_.size() : end + 1;
    if (++line_ == 1 && text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (!text.empty()) return text;
  }
}

std::unexpected<Error> LineReader::refuse(const std::string& what) const {
  return fail(ErrorCode::validation_failed, fmt::format("{}, line {}: {}", name_, line_, what));
}

Result<bool> LineReader::fill() {
  buffer_.erase(0, at_);
  at_ = 0;
  const auto kept = buffer_.size();
  buffer_.resize(kept + chunk_bytes);
  CLOUDCART_TRY(const auto got, bytes_->read(std::span{buffer_}.subspan(kept)));
  buffer_.resize(kept + got);
  ended_ = got == 0;
  return !ended_;
}

}  // namespace cloudcart::app
