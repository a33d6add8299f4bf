#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What migrations of every technology have in common: they are numbered, each is applied once, and none is edited afterwards.
namespace cloudcart::migrations {

struct Migration {
  int version;
  std::string_view name;
  std::string_view sql;
  bool operator==(const Migration&) const = default;
};

struct Outstanding {
  Migration migration;
  std::string checksum;  ///< to be stored with it
};

/// Those of `known`, in order of version, that are not among the `applied`, whose checksums stand by their versions. `place`
/// names the store for people. Throws std::runtime_error with a sentence for the operator when it was written by a newer
/// program, or when one was edited since it was applied.
std::vector<Outstanding> outstanding(std::span<const Migration> known,
                                     const std::map<int, std::string>& applied, std::string_view place);

/// Whether it can be the name of a schema or a database, without quotes: 1 to 63 of a-z, 0-9 and _, no digit first.
bool is_name(std::string_view text);
/// Throws std::runtime_error with a sentence for the operator for what is none. `what` it is to name, e.g. "The PostgreSQL
/// schema".
void check_name(std::string_view what, const std::string& name);

}  // namespace cloudcart::migrations
