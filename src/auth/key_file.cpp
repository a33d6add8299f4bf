#include "auth/key_file.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cloudcart::auth {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_failure(const fs::path& path, std::string_view what, int code) {
  throw std::runtime_error(
      fmt::format("Cannot {} {}: {}.", what, path.string(), std::generic_category().message(code)));
}

/// An open file; closed at the end of the scope.
class File {
 public:
  File(const fs::path& path, int flags, mode_t mode)
      : path_(path), descriptor_(open(path.c_str(), flags, mode)) {
    if (descriptor_ < 0) throw_failure(path_, "open", errno);
  }
  ~File() { close(descriptor_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  void write_all(std::string_view text) {
    while (!text.empty()) {
      const auto written = write(descriptor_, text.data(), text.size());
      if (written < 0) throw_failure(path_, "write", errno);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void sync() {
    if (fsync(descriptor_) != 0) throw_failure(path_, "sync", errno);
  }
  /// Waits for whoever holds it; given back when the file is closed.
  void lock() {
    if (flock(descriptor_, LOCK_EX) != 0) throw_failure(path_, "lock", errno);
  }

 private:
  const fs::path path_;
  const int descriptor_;
};

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

/// A whole file beside `path`, for its owner only.
fs::path write_draft(const fs::path& path, std::string_view text) {
  auto draft = folder_of(path) / fmt::format(".{}.{}", path.filename().string(), getpid());
  unlink(draft.c_str());
  File file(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
  file.write_all(text);
  file.sync();
  return draft;
}

void sync_folder(const fs::path& path) {
  File(folder_of(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0).sync();
}

/// Never replaces one that another process has just made.
void create(const fs::path& path) {
  const auto draft = write_draft(path, new_secret() + "\n");
  const int linked = link(draft.c_str(), path.c_str());
  const int code = errno;
  unlink(draft.c_str());
  if (linked != 0 && code != EEXIST) throw_failure(path, "make", code);
  sync_folder(path);
}

void replace(const fs::path& path, std::string_view text) {
  const auto draft = write_draft(path, text);
  if (rename(draft.c_str(), path.c_str()) != 0) {
    const int code = errno;
    unlink(draft.c_str());
    throw_failure(path, "replace", code);
  }
  sync_folder(path);
}

Error unreadable(const fs::path& path, int code) {
  return {ErrorCode::unavailable,
          fmt::format("Cannot read the token keys from {}: {}.", path.string(),
                      std::generic_category().message(code)),
          {}};
}

}  // namespace

Result<std::string> KeyFile::read_text() const {
  struct stat status{};
  if (stat(path_.c_str(), &status) != 0) return fail(unreadable(path_, errno));
  if (secrecy_ == Secrecy::owner_only && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(ErrorCode::validation_failed,
                fmt::format("{} can be read by other users of this machine; run: chmod 600 {}",
                            path_.string(), path_.string()));
  }
  std::ifstream file(path_);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad() || !file.is_open()) return fail(unreadable(path_, EIO));
  return text;
}

Result<KeySet> KeyFile::read() const {
  CLOUDCART_TRY(const auto text, read_text());
  auto keys = KeySet::parse(text);
  if (!keys) return fail(keys.error().code, fmt::format("{}: {}", path_.string(), keys.error().message));
  return keys;
}

KeySet KeyFile::read_or_create() const {
  fs::create_directories(folder_of(path_));
  if (!fs::exists(path_)) create(path_);
  auto keys = read();
  if (!keys) throw std::runtime_error(keys.error().message);
  return *std::move(keys);
}

Result<KeySet> KeyFile::change(const std::function<Result<KeySet>(const KeySet&)>& change) const {
  try {
    File lock(path_.string() + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    lock.lock();
    CLOUDCART_TRY(const auto keys, read());
    CLOUDCART_TRY(auto changed, change(keys));
    replace(path_, changed.to_text());
    return changed;
  } catch (const std::runtime_error& failure) {
    return fail(ErrorCode::unavailable, failure.what());
  }
}

}  // namespace cloudcart::auth
