#include "adapters/files/store/replace_file.h"

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace cloudcart::files {
namespace {

bool write_beside(const std::filesystem::path& beside, std::string_view bytes) {
  Descriptor out(beside, O_WRONLY | O_CREAT | O_TRUNC);
  return out.is_open() && out.write_all(bytes) && out.sync() && out.close();
}

bool make_durable(const std::filesystem::path& folder) {
  const Descriptor opened(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  return opened.is_open() && opened.sync();
}

}  // namespace

Descriptor::Descriptor(const std::filesystem::path& path, int flags)
    : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}

bool Descriptor::write_all(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::write(number_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool Descriptor::sync() const {
  return ::fsync(number_) == 0;
}

bool Descriptor::close() {
  return number_ < 0 || ::close(std::exchange(number_, -1)) == 0;
}

Status replace_file(const std::filesystem::path& file, std::string_view bytes) {
  auto beside = file;
  beside += ".new";
  const auto failed = [&] {
    const int error = errno;
    return fail(ErrorCode::unavailable,
                fmt::format("Cannot write {}: {}.", file.string(), std::generic_category().message(error)));
  };
  if (!write_beside(beside, bytes)) {
    const auto error = failed();
    ::unlink(beside.c_str());
    return error;
  }
  if (std::rename(beside.c_str(), file.c_str()) != 0) return failed();
  if (!make_durable(file.parent_path())) return failed();
  return {};
}

}  // namespace cloudcart::files
