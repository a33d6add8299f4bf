#include <cstdio>
#include <string>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include "adapters/files/backup/archive_reader.h"
#include "app/commands/backup_report.h"
#include "app/commands/commands.h"
#include "app/commands/folder_backup.h"
#include "app/commands/interruption.h"
#include "app/commands/print_error.h"
#include "app/commands/progress_line.h"
#include "core/clock.h"

namespace cloudcart::app {
namespace {

/// Who serves the folder comes first.
constexpr int niceness = 10;

/// A folder gets a file that is named by the time, so that names sort as backups were taken.
std::filesystem::path file_in(const std::filesystem::path& target) {
  if (!std::filesystem::is_directory(target)) return target;
  const auto now = SystemClock{}.now();
  const auto second = std::chrono::floor<seconds>(now);
  return target / fmt::format("cloudcart-{:%Y%m%dT%H%M%S}.{:03}Z.tar.zst", second, (now - second).count());
}

int refuse(const Error& error) {
  print_error(error);
  return error.code == ErrorCode::validation_failed ? exit_failed : exit_unusable;
}

int take_backup(const Config& config, const BackupCommand& options) {
  if (!config.postgres.url.empty()) {
    fmt::print(stderr,
               "cloudcart: the shop's stores are on PostgreSQL: back up its database, by pg_dump or its log "
               "(docs/BACKUP.md). What the data folder holds follows from it.\n");
    return exit_unusable;
  }
  ::setpriority(PRIO_PROCESS, 0, niceness);
  const Interruption interruption;
  ProgressLine line;
  const auto file = file_in(*options.to);
  FolderBackup backup(config.data_dir, !options.without_keys,
                      [&](const std::string& phase, std::uint64_t done, std::uint64_t total) {
                        line.show(phase, done, total, megabytes(static_cast<std::int64_t>(done)));
                        return !interruption.is_wanted();
                      });
  const auto manifest = backup.write_to(file);
  line.clear();
  if (!manifest) return refuse(manifest.error());
  fmt::print("{}", options.json ? backup_to_json(*manifest, file) : backup_to_text(*manifest, file));
  return exit_ok;
}

int verify_backup(const BackupCommand& options) {
  const files::Descriptor archive(*options.verify, O_RDONLY);
  if (!archive.is_open()) return refuse(files::failed_file("open", *options.verify));
  const Interruption interruption;
  ProgressLine line;
  const auto manifest =
      read_shown(archive, line, interruption, [](const backup::Manifest&) -> Status { return {}; });
  line.clear();
  if (!manifest) return refuse(manifest.error());
  fmt::print("{}", options.json ? backup_to_json(*manifest, *options.verify)
                                : verified_to_text(*manifest, *options.verify));
  return exit_ok;
}

}  // namespace

int back_up(const Config& config, const BackupCommand& options) {
  return options.verify ? verify_backup(options) : take_backup(config, options);
}

}  // namespace cloudcart::app
