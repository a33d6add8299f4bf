#include <cstdio>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>

#include "adapters/files/backup/restored_folder.h"
#include "app/commands/backup_report.h"
#include "app/commands/commands.h"
#include "app/commands/folder_backup.h"
#include "app/commands/interruption.h"
#include "app/commands/print_error.h"
#include "core/text.h"

namespace cloudcart::app {
namespace {

/// The ids at the beginning of each line, as `cloudcart user erasures` prints them.
Result<std::vector<UserId>> read_erasures(const std::filesystem::path& list) {
  std::ifstream in(list);
  if (!in) return fail(files::failed_file("read", list));
  std::vector<UserId> ids;
  for (std::string line; std::getline(in, line);) {
    const auto word = split(trim(line), ' ').front();
    if (word.empty()) continue;
    const auto id = UserId::parse(word);
    if (!id)
      return fail(
          ErrorCode::validation_failed,
          fmt::format("{} is no list of erasures: '{}' does not begin with an id.", list.string(), line));
    ids.push_back(*id);
  }
  return ids;
}

Status check_schemas(const backup::Manifest& manifest) {
  for (const auto& file : manifest.files)
    if (file.schema > known_schema(file.name))
      return fail(
          ErrorCode::validation_failed,
          fmt::format("The backup was made by a newer CloudCart ({}: {} has schema {}, this one knows {}). "
                      "Restore it with the newer version.",
                      manifest.program, file.name, file.schema, known_schema(file.name)));
  return {};
}

struct Restored {
  backup::Manifest manifest;
  std::size_t erasures = 0;
};

/// The whole archive is read and checked before anything is written, and what is written has no name until all of it is.
Result<Restored> run(const Config& config, const RestoreCommand& options, ProgressLine& line) {
  std::vector<UserId> erased;
  if (options.erasures) {
    CLOUDCART_TRY(erased, read_erasures(*options.erasures));
  }
  CLOUDCART_CHECK(backup::RestoredFolder::check(config.data_dir));
  const files::Descriptor archive(options.file, O_RDONLY);
  if (!archive.is_open()) return fail(files::failed_file("open", options.file));
  const Interruption interruption;
  CLOUDCART_TRY(auto manifest, read_shown(archive, line, interruption, check_schemas));

  CLOUDCART_TRY(auto folder, backup::RestoredFolder::create(config.data_dir));
  const auto total = static_cast<std::uint64_t>(manifest.bytes());
  CLOUDCART_CHECK(folder.unpack(archive, [&](std::int64_t done) {
    line.show("restoring", static_cast<std::uint64_t>(done), total, megabytes(done));
    return !interruption.is_wanted();
  }));
  Restored restored{.manifest = std::move(manifest)};
  if (!erased.empty()) {
    auto at = config;
    at.data_dir = folder.path();
    CLOUDCART_TRY(restored.erasures, erase_listed(at, erased));
  }
  CLOUDCART_CHECK(folder.put_in_place());
  return restored;
}

}  // namespace

int restore(const Config& config, const RestoreCommand& options) {
  ProgressLine line;
  const auto restored = run(config, options, line);
  line.clear();
  if (!restored) {
    print_error(restored.error());
    return restored.error().code == ErrorCode::validation_failed ? exit_failed : exit_unusable;
  }
  fmt::print("{}", options.json ? to_json(restored->manifest) + "\n"
                                : restored_to_text(restored->manifest, config.data_dir, restored->erasures));
  return exit_ok;
}

}  // namespace cloudcart::app
