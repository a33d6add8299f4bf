#include "adapters/sqlite/store/integrity.h"

#include "adapters/sqlite/store/connection.h"

namespace cloudcart::sqlite {

std::vector<std::string> find_damage(const std::filesystem::path& file) {
  std::vector<std::string> found;
  try {
    Connection connection(file.string(), Connection::Mode::reader);
    auto row = connection.prepare("PRAGMA integrity_check(20)");
    while (row.step())
      if (row.text(0) != "ok") found.push_back(row.string(0));
  } catch (const Failure& failure) {
    // A file that cannot even be opened or read on.
    found.emplace_back(failure.what());
  }
  return found;
}

}  // namespace cloudcart::sqlite
