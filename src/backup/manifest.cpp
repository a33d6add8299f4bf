#include "backup/manifest.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include <fmt/format.h>

#include "core/json_reader.h"
#include "core/json_writer.h"

namespace cloudcart::backup {
namespace {

constexpr std::array<std::string_view, 5> store_files{"user.db", "product.db", "order.db", "analytics.db",
                                                      "recommendation.db"};
constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t hash_digits = 64;

std::unexpected<Error> unreadable(std::string_view why) {
  return fail(ErrorCode::validation_failed, fmt::format("The backup's manifest cannot be read: {}.", why));
}

Status check_format(const boost::json::value& json) {
  FieldReader fields(json);
  const auto found = fields.integer("format", 1, no_limit);
  if (!fields.ok()) return unreadable("it names no format");
  if (found > format)
    return fail(
        ErrorCode::validation_failed,
        fmt::format(
            "The backup was made by a newer CloudCart (format {}, this one knows {}). Restore it with "
            "the newer version.",
            found, format));
  return {};
}

std::vector<BackupFile> read_files(FieldReader& fields) {
  std::vector<BackupFile> files;
  const auto* entries = fields.array("files", 1, store_files.size() + 2);
  if (!entries) return files;
  std::vector<FieldError> errors;
  for (const auto& entry : *entries) {
    FieldReader one(entry, "files.", errors);
    files.push_back({.name = one.text("name", {.min = 1, .max = hash_digits}),
                     .bytes = one.integer("bytes", 0, no_limit),
                     .sha256 = one.text("sha256", {.min = hash_digits, .max = hash_digits}),
                     .schema = static_cast<int>(
                         one.optional_integer("schema", 1, std::numeric_limits<int>::max()).value_or(0))});
  }
  if (!errors.empty()) fields.add_error(errors.front().field, errors.front().message);
  return files;
}

Status check_files(const std::vector<BackupFile>& files) {
  std::set<std::string_view> names;
  for (const auto& file : files) {
    if (!is_known_file(file.name))
      return unreadable(fmt::format("it names {}, which no data folder of this version has", file.name));
    if (!names.insert(file.name).second) return unreadable(fmt::format("it names {} twice", file.name));
    if (is_store_file(file.name) != (file.schema > 0))
      return unreadable(fmt::format("the schema of {} is not right", file.name));
  }
  return {};
}

}  // namespace

bool Manifest::has(std::string_view name) const {
  return std::ranges::find(files, name, &BackupFile::name) != files.end();
}

std::int64_t Manifest::bytes() const {
  std::int64_t sum = 0;
  for (const auto& file : files) sum += file.bytes;
  return sum;
}

bool is_store_file(std::string_view name) {
  return std::ranges::find(store_files, name) != store_files.end();
}

bool is_known_file(std::string_view name) {
  return is_store_file(name) || name == keys_name || name == imports_name;
}

std::string to_json(const Manifest& manifest) {
  JsonWriter json;
  json.begin_object().field("format", format).field("program", manifest.program);
  json.field("taken_at", manifest.taken_at);
  json.field("accounts", manifest.contents.accounts).field("products", manifest.contents.products);
  json.field("orders", manifest.contents.orders).field("log_position", manifest.contents.log_position);
  json.key("files").begin_array();
  for (const auto& file : manifest.files) {
    json.begin_object().field("name", file.name).field("bytes", file.bytes).field("sha256", file.sha256);
    if (file.schema > 0) json.field("schema", file.schema);
    json.end_object();
  }
  json.end_array().end_object();
  return std::move(json).str();
}

Result<Manifest> parse_manifest(std::string_view text) {
  const auto json = parse_json(text);
  if (!json) return unreadable("it is no JSON");
  CLOUDCART_CHECK(check_format(*json));
  FieldReader fields(*json);
  Manifest manifest;
  manifest.program = fields.text("program", {.min = 1, .max = 100});
  const auto taken_at = parse_rfc3339(fields.text("taken_at", {.min = 1, .max = 100}));
  manifest.contents = {.accounts = fields.integer("accounts", 0, no_limit),
                       .products = fields.integer("products", 0, no_limit),
                       .orders = fields.integer("orders", 0, no_limit),
                       .log_position = fields.integer("log_position", 0, no_limit)};
  manifest.files = read_files(fields);
  if (!fields.ok() || !taken_at) return unreadable("a field of it is missing or wrong");
  manifest.taken_at = *taken_at;
  CLOUDCART_CHECK(check_files(manifest.files));
  return manifest;
}

}  // namespace cloudcart::backup
