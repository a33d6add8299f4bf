#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/timestamp.h"

namespace cloudcart::backup {

/// Of the archive's layout; schemas of stores have numbers of their own.
constexpr int format = 1;
/// The first entry of the archive.
constexpr std::string_view manifest_name = "manifest.json";
constexpr std::string_view keys_name = "jwt.secret";
constexpr std::string_view imports_name = "imports.json";

/// A file of the backup. Of a store also its schema, the number of its newest migration; 0 for other files.
struct BackupFile {
  std::string name;
  std::int64_t bytes = 0;
  std::string sha256;  ///< hexadecimal
  int schema = 0;
  bool operator==(const BackupFile&) const = default;
};

/// What people want to know of a backup before they restore it.
struct Contents {
  std::int64_t accounts = 0, products = 0, orders = 0;
  std::int64_t log_position = 0;  ///< of the newest event
  bool operator==(const Contents&) const = default;
};

/// What a backup holds and what it was made of.
struct Manifest {
  std::string program;  ///< version of CloudCart
  Timestamp taken_at;   ///< the moment that all files are of
  Contents contents;
  std::vector<BackupFile> files;
  bool operator==(const Manifest&) const = default;

  bool has(std::string_view name) const;
  std::int64_t bytes() const;
};

/// Which files a backup may hold: `<store>.db` of a store and the two small ones.
bool is_store_file(std::string_view name);
bool is_known_file(std::string_view name);

std::string to_json(const Manifest& manifest);
/// Fails with validation_failed, a sentence for the operator: no manifest, one of a newer format, or one that names other files
/// than those of a data folder.
Result<Manifest> parse_manifest(std::string_view json);

}  // namespace cloudcart::backup
