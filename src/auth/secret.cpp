#include "auth/secret.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/id_generator.h"
#include "core/text.h"

namespace cloudcart::auth {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t min_secret_bytes = 32;
constexpr std::size_t random_secret_bytes = 32;

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

 private:
  const fs::path path_;
  const int descriptor_;
};

std::string read_secret(const fs::path& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) throw_failure(path, "read", errno);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    throw std::runtime_error(fmt::format("{} can be read by other users of this machine; run: chmod 600 {}",
                                         path.string(), path.string()));
  }
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad() || !file.is_open()) throw_failure(path, "read", EIO);
  std::string secret{trim(text)};
  if (const auto checked = check_secret(secret); !checked)
    throw std::runtime_error(fmt::format("{}: {}", path.string(), checked.error().message));
  return secret;
}

std::string new_secret() {
  std::string bytes(random_secret_bytes, '\0');
  random_bytes(bytes.data(), bytes.size());
  return hex_encode(bytes);
}

/// The file appears whole or not at all, and never replaces one that another process has just made.
void create_secret(const fs::path& folder, const fs::path& path) {
  const auto draft = folder / fmt::format(".jwt.secret.{}", getpid());
  {
    File file(draft, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
    file.write_all(new_secret() + "\n");
    file.sync();
  }
  const int linked = link(draft.c_str(), path.c_str());
  const int code = errno;
  unlink(draft.c_str());
  if (linked != 0 && code != EEXIST) throw_failure(path, "make", code);
  File(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0).sync();
}

}  // namespace

Status check_secret(std::string_view secret) {
  if (secret.size() >= min_secret_bytes) return {};
  return fail(
      ErrorCode::validation_failed,
      fmt::format("The JWT secret is {} bytes long; it needs at least {}, e.g. from: openssl rand -hex 32",
                  secret.size(), min_secret_bytes));
}

std::string load_or_create_secret(const fs::path& folder) {
  const auto path = folder / "jwt.secret";
  fs::create_directories(folder);
  if (!fs::exists(path)) create_secret(folder, path);
  return read_secret(path);
}

}  // namespace cloudcart::auth
