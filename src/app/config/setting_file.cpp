#include "app/config/setting_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include <fmt/format.h>

namespace cloudcart::app {
namespace {

/// No setting is that long; a path that leads elsewhere often is.
constexpr std::size_t longest = 64 << 10;

std::unexpected<Error> refused(std::string why) {
  return fail(ErrorCode::validation_failed, std::move(why));
}

}  // namespace

Result<std::string> read_setting_file(const std::string& path) {
  if (path.empty()) return refused("must be the path of a file");
  const auto unreadable = [&] {
    return refused(fmt::format(
        "names {}, which cannot be read ({}): mount the file there, or let the user who runs this "
        "program read it",
        path, std::strerror(errno)));
  };
  const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) return unreadable();
  std::string text(longest + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get())) return unreadable();
  if (text.size() > longest)
    return refused(
        fmt::format("names {}, which has more than {} bytes: is it the right file?", path, longest));
  if (text.contains('\0'))
    return refused(fmt::format("names {}, which is no text: is it the right file?", path));
  text.resize(text.find_last_not_of("\r\n") + 1);
  if (text.empty()) return refused(fmt::format("names {}, which is empty: write the value into it", path));
  return text;
}

}  // namespace cloudcart::app
