#include "adapters/files/import/json_import_journal.h"

#include <fstream>
#include <iterator>

#include "adapters/files/store/replace_file.h"
#include "core/json_reader.h"
#include "core/json_writer.h"

namespace cloudcart::history {
namespace {

constexpr int longest_shift = 1'000'000;
constexpr std::size_t most_entries = 10'000;

}  // namespace

Task<Result<std::optional<ImportDecisions>>> JsonImportJournal::find(TenantId tenant, std::string source,
                                                                     Deadline) {
  CLOUDCART_CO_TRY(const auto entries, load());
  const auto found = entries.find({tenant.value, source});
  if (found == entries.end()) co_return std::optional<ImportDecisions>{};
  co_return std::optional{found->second};
}

Task<Status> JsonImportJournal::record(TenantId tenant, std::string source, ImportDecisions decisions,
                                       Deadline) {
  CLOUDCART_CO_TRY(auto entries, load());
  entries[{tenant.value, source}] = decisions;
  co_return save(entries);
}

Result<JsonImportJournal::Entries> JsonImportJournal::load() const {
  if (!std::filesystem::exists(file_)) return Entries{};
  std::ifstream in(file_, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  const auto refuse = [&] {
    return fail(ErrorCode::unavailable,
                "Cannot read " + file_.string() +
                    ": it is damaged. Restore it from a backup, or "
                    "remove it when the folder holds no import whose dates were moved.");
  };
  if (!in) return refuse();
  const auto json = parse_json(text);
  if (!json) return refuse();

  Entries entries;
  std::vector<FieldError> errors;
  FieldReader file(*json, "", errors);
  const auto* imports = file.array("imports", 0, most_entries);
  if (!imports) return refuse();
  for (const auto& value : *imports) {
    FieldReader entry(value, "imports.", errors);
    const std::string tenant = entry.text("tenant", {.min = 1});
    const std::string source = entry.text("source", {.min = 1});
    const auto days = entry.integer("shift_days", -longest_shift, longest_shift);
    entries[{tenant, source}] = {.shift_days = static_cast<int>(days)};
  }
  if (!errors.empty()) return refuse();
  return entries;
}

Status JsonImportJournal::save(const Entries& entries) const {
  JsonWriter json;
  json.begin_object().key("imports").begin_array();
  for (const auto& [key, decisions] : entries) {
    json.begin_object().field("tenant", key.first).field("source", key.second);
    json.field("shift_days", decisions.shift_days).end_object();
  }
  json.end_array().end_object();
  // Nothing else may have made it, where all stores are servers.
  std::error_code failed;  // said by what cannot be written then
  std::filesystem::create_directories(file_.parent_path(), failed);
  return files::replace_file(file_, json.str() + "\n");
}

}  // namespace cloudcart::history
