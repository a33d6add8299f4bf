#include "app/commands/folder_backup.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <numeric>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/files/backup/archive_reader.h"
#include "adapters/files/backup/archive_writer.h"
#include "adapters/sqlite/store/store.h"
#include "app/operations/version.h"
#include "core/clock.h"
#include "core/sha256.h"

namespace cloudcart::app {
namespace {

using backup::BackupFile;
using sqlite::Connection;
using sqlite::Failure;

constexpr std::array<std::string_view, 5> all_stores{"user", "product", "order", "analytics",
                                                     "recommendation"};
/// To find a moment at which no store is being committed to; a try takes a tenth of a millisecond.
constexpr std::chrono::seconds patience{30};
constexpr std::size_t piece_size = 1U << 20U;

std::unexpected<Error> broken_off() {
  return fail(ErrorCode::unavailable, "Broken off; no backup was written.");
}

std::int64_t number(Connection& connection, std::string_view sql) {
  auto row = connection.prepare(sql);
  row.step();
  return row.integer(0);
}

/// All bytes of a file in pieces; `take` may break it off.
Status read_through(const files::Descriptor& file, const std::function<Status(std::string_view)>& take) {
  std::vector<char> piece(piece_size);
  for (std::uint64_t at = 0;;) {
    const auto got = file.read_at(piece, at);
    if (got < 0) return fail(files::failed_file("read", "a file of the backup"));
    if (got == 0) return {};
    CLOUDCART_CHECK(take({piece.data(), static_cast<std::size_t>(got)}));
    at += static_cast<std::uint64_t>(got);
  }
}

/// Nullopt where there is no file; one that is there must be readable.
Result<std::optional<std::string>> read_if_there(const std::filesystem::path& place) {
  const files::Descriptor file(place, O_RDONLY);
  if (!file.is_open() && errno == ENOENT) return std::nullopt;
  if (!file.is_open()) return fail(files::failed_file("read", place));
  std::string text;
  CLOUDCART_CHECK(read_through(file, [&](std::string_view bytes) -> Status {
    text += bytes;
    return {};
  }));
  return text;
}

void count_rows(const std::string& store, Connection& connection, backup::Contents& contents) {
  if (store == "user") contents.accounts = number(connection, "SELECT count(*) FROM user");
  if (store == "product") contents.products = number(connection, "SELECT count(*) FROM product");
  if (store != "order") return;
  contents.orders = number(connection, "SELECT count(*) FROM orders");
  contents.log_position = number(connection, "SELECT coalesce(max(position), 0) FROM outbox");
}

}  // namespace

int known_schema(const std::string& file) {
  if (!backup::is_store_file(file)) return 0;
  return sqlite::migrations_of(std::filesystem::path(file).stem().string()).back().version;
}

FolderBackup::FolderBackup(std::filesystem::path folder, bool with_keys, BackupProgress progress)
    : folder_(std::move(folder)), with_keys_(with_keys), progress_(std::move(progress)) {}

Result<backup::Manifest> FolderBackup::write_to(const std::filesystem::path& file) {
  CLOUDCART_CHECK(find_stores());
  CLOUDCART_TRY(auto archive, files::StagedFile::create(file));
  std::vector<std::filesystem::path> paths;
  for (const auto& store : stores_) paths.push_back(folder_ / (store + ".db"));
  CLOUDCART_TRY(auto cut, backup::Cut::take(
                              paths, [this] { return read_small_files(); },
                              std::chrono::steady_clock::now() + patience));
  manifest_ = {.program = std::string{version}, .taken_at = SystemClock{}.now(), .contents = {}, .files = {}};
  try {
    CLOUDCART_CHECK(describe(cut));
    CLOUDCART_CHECK(copy_stores(cut, file));
  } catch (const Failure& failure) {
    return fail(ErrorCode::unavailable, fmt::format("A store cannot be copied: {}.", failure.what()));
  }
  CLOUDCART_CHECK(hash_copies());
  CLOUDCART_CHECK(write_archive(cut, archive));
  CLOUDCART_CHECK(verify(archive));
  CLOUDCART_CHECK(archive.publish());
  return manifest_;
}

Status FolderBackup::find_stores() {
  for (const auto store : all_stores)
    if (std::filesystem::exists(folder_ / fmt::format("{}.db", store))) stores_.emplace_back(store);
  if (!stores_.empty()) return {};
  return fail(ErrorCode::not_found,
              fmt::format("There are no stores in {}; is --data-dir right?", folder_.string()));
}

/// Asked for as often as a moment is looked for.
Result<backup::Cut::SmallFiles> FolderBackup::read_small_files() const {
  if (!progress_("looking", 0, 1)) return broken_off();
  backup::Cut::SmallFiles small;
  for (const auto name : {backup::keys_name, backup::imports_name}) {
    if (name == backup::keys_name && !with_keys_) continue;
    CLOUDCART_TRY(auto text, read_if_there(folder_ / name));
    if (text) small.emplace(name, *std::move(text));
  }
  return small;
}

/// What the manifest says of the stores before they are copied.
Status FolderBackup::describe(backup::Cut& cut) {
  for (std::size_t i = 0; i < stores_.size(); ++i) {
    auto& connection = cut.store(i);
    const auto file = stores_[i] + ".db";
    if (number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'") == 0)
      return fail(ErrorCode::unavailable, fmt::format("{} is only being made; try again in a moment.", file));
    const auto schema = number(connection, "SELECT coalesce(max(version), 0) FROM schema_migrations");
    if (schema < 1)
      return fail(ErrorCode::unavailable, fmt::format("{} is only being made; try again in a moment.", file));
    if (schema > known_schema(file))
      return fail(
          ErrorCode::unavailable,
          fmt::format(
              "{} was written by a newer CloudCart (schema {}, this one knows {}). Use the newer version.",
              file, schema, known_schema(file)));
    count_rows(stores_[i], connection, manifest_.contents);
    manifest_.files.push_back({.name = file, .schema = static_cast<int>(schema)});
  }
  return {};
}

Status FolderBackup::copy_stores(backup::Cut& cut, const std::filesystem::path& beside) {
  std::vector<std::uint64_t> sizes;
  for (std::size_t i = 0; i < stores_.size(); ++i)
    sizes.push_back(static_cast<std::uint64_t>(number(cut.store(i), "PRAGMA page_count") *
                                               number(cut.store(i), "PRAGMA page_size")));
  copied_ = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  std::uint64_t done = 0;
  for (std::size_t i = 0; i < stores_.size(); ++i) {
    const auto scratch =
        beside.parent_path() / fmt::format(".{}.{}.{}", beside.filename().string(), ::getpid(), stores_[i]);
    CLOUDCART_TRY(auto copy, copy_store(cut.store(i), scratch, done));
    copies_.push_back(std::move(copy));
    cut.let_go(i);
    done += sizes[i];
  }
  return {};
}

Result<files::Descriptor> FolderBackup::copy_store(Connection& store, const std::filesystem::path& scratch,
                                                   std::uint64_t done) {
  files::Descriptor copy(scratch, O_RDWR | O_CREAT | O_EXCL);
  if (!copy.is_open()) return fail(files::failed_file("write", scratch));
  const auto page_size = static_cast<std::uint64_t>(number(store, "PRAGMA page_size"));
  const auto go_on = [&](std::int64_t pages, std::int64_t) {
    return progress_("copying", done + static_cast<std::uint64_t>(pages) * page_size, copied_);
  };
  try {
    if (!store.copy_to(scratch.string(), go_on)) return broken_off();
  } catch (const Failure&) {
    ::unlink(scratch.c_str());
    throw;
  }
  return copy;
}

/// The manifest comes first in the archive, so sizes and digests are found before.
Status FolderBackup::hash_copies() {
  Sha256Stream digest;
  std::uint64_t done = 0;
  for (std::size_t i = 0; i < stores_.size(); ++i) {
    auto& file = manifest_.files[i];
    CLOUDCART_CHECK(read_through(copies_[i], [&](std::string_view bytes) -> Status {
      digest.add(bytes);
      file.bytes += static_cast<std::int64_t>(bytes.size());
      done += bytes.size();
      return progress_("hashing", done, copied_) ? Status{} : broken_off();
    }));
    file.sha256 = to_hex(digest.take());
  }
  return {};
}

Status FolderBackup::write_archive(const backup::Cut& cut, const files::StagedFile& archive) {
  Sha256Stream digest;
  for (const auto& [name, text] : cut.small_files()) {
    digest.add(text);
    manifest_.files.push_back(
        {.name = name, .bytes = static_cast<std::int64_t>(text.size()), .sha256 = to_hex(digest.take())});
  }
  backup::ArchiveWriter writer(archive.file());
  CLOUDCART_CHECK(writer.begin(manifest_));
  std::uint64_t done = 0;
  const auto total = static_cast<std::uint64_t>(manifest_.bytes());
  for (std::size_t i = 0; i < manifest_.files.size(); ++i) {
    const auto& file = manifest_.files[i];
    CLOUDCART_CHECK(writer.begin_file(file));
    const auto write = [&](std::string_view bytes) -> Status {
      done += bytes.size();
      if (!progress_("writing", done, total)) return broken_off();
      return writer.write(bytes);
    };
    CLOUDCART_CHECK(i < copies_.size() ? read_through(copies_[i], write)
                                       : write(cut.small_files().at(file.name)));
    CLOUDCART_CHECK(writer.end_file());
  }
  copies_.clear();
  return writer.finish();
}

/// Read from the disk, as far as the kernel lets go of what it has in memory.
Status FolderBackup::verify(const files::StagedFile& archive) const {
  const int descriptor = archive.file().get();
  if (!archive.file().sync()) return fail(files::failed_file("write", "the backup"));
  static_cast<void>(::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED));
  std::uint64_t done = 0;
  const auto count = [&](const BackupFile&, std::string_view piece, bool) -> Status {
    done += piece.size();
    if (!progress_("checking", done, static_cast<std::uint64_t>(manifest_.bytes()))) return broken_off();
    return {};
  };
  CLOUDCART_TRY(
      const auto read,
      backup::read_archive(archive.file(), [](const backup::Manifest&) -> Status { return {}; }, count));
  if (read != manifest_) return fail(ErrorCode::internal, "The backup does not read as it was written.");
  return {};
}

}  // namespace cloudcart::app
