#include "app/commands/backup_report.h"

#include <fmt/format.h>

#include "core/json_writer.h"

namespace cloudcart::app {
namespace {

using backup::Manifest;

std::string contents_of(const Manifest& manifest) {
  const auto& held = manifest.contents;
  auto text = fmt::format(
      "  taken at {} by CloudCart {}\n  {} accounts, {} products, {} orders; the event log ends at {}\n",
      to_rfc3339(manifest.taken_at), manifest.program, held.accounts, held.products, held.orders,
      held.log_position);
  for (const auto& file : manifest.files)
    text += fmt::format("  {:<18} {:>12}\n", file.name, megabytes(file.bytes));
  return text;
}

std::string keys_of(const Manifest& manifest) {
  return manifest.has(backup::keys_name) ? "It holds the keys that sign tokens.\n"
                                         : "It holds no keys that sign tokens: who is signed in must sign in "
                                           "again, unless auth.jwt_secret_file names them.\n";
}

/// Of services that are elsewhere nothing is known here.
std::string missing_of(const Manifest& manifest) {
  std::string missing;
  for (const auto* store : {"user", "product", "order"})
    if (!manifest.has(std::string{store} + ".db"))
      missing += std::string{missing.empty() ? "" : ", "} + store;
  if (missing.empty()) return {};
  return fmt::format(
      "It is NOT a whole shop: the stores of {} are elsewhere, and are not of the same moment "
      "(docs/BACKUP.md).\n",
      missing);
}

}  // namespace

std::string megabytes(std::int64_t bytes) {
  return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

std::string backup_to_json(const Manifest& manifest, const std::filesystem::path& file) {
  JsonWriter json;
  json.begin_object().field("file", file.string());
  json.field("bytes", static_cast<std::uint64_t>(std::filesystem::file_size(file)));
  json.key("manifest").raw(to_json(manifest)).end_object();
  return std::move(json).str() + "\n";
}

std::string backup_to_text(const Manifest& manifest, const std::filesystem::path& file) {
  return fmt::format("Backed up to {}: {}, written, read again and checked.\n", file.string(),
                     megabytes(static_cast<std::int64_t>(std::filesystem::file_size(file)))) +
         contents_of(manifest) + keys_of(manifest) + missing_of(manifest);
}

std::string verified_to_text(const Manifest& manifest, const std::filesystem::path& file) {
  return fmt::format("{} is whole: every file is as it was written.\n", file.string()) +
         contents_of(manifest) + keys_of(manifest) + missing_of(manifest);
}

std::string restored_to_text(const Manifest& manifest, const std::filesystem::path& folder,
                             std::size_t erasures) {
  auto text = fmt::format("Restored into {}:\n", folder.string()) + contents_of(manifest) +
              keys_of(manifest) + missing_of(manifest);
  if (erasures > 0)
    text +=
        fmt::format("Carried out {} erasures; what other services hold follows once they run.\n", erasures);
  text += fmt::format(
      "What came after is not in it. Before it is served: 'cloudcart check --data-dir {0}', and\n"
      "'cloudcart keys rotate --revoke-older --data-dir {0}', for what was revoked since is not in it "
      "either.\n",
      folder.string());
  if (erasures == 0)
    text +=
        "Persons who were erased since are in it again: erase them by the list of 'cloudcart user erasures' "
        "(docs/PRIVACY.md).\n";
  return text;
}

Result<Manifest> read_shown(const files::Descriptor& archive, ProgressLine& line,
                            const Interruption& interruption, const backup::TakeManifest& look) {
  std::uint64_t done = 0, total = 0;
  return backup::read_archive(
      archive,
      [&](const Manifest& manifest) {
        total = static_cast<std::uint64_t>(manifest.bytes());
        return look(manifest);
      },
      [&](const backup::BackupFile&, std::string_view piece, bool) -> Status {
        done += piece.size();
        line.show("checking", done, total, megabytes(static_cast<std::int64_t>(done)));
        if (interruption.is_wanted()) return fail(ErrorCode::unavailable, "Broken off; nothing was written.");
        return {};
      });
}

}  // namespace cloudcart::app
