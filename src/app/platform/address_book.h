#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace cloudcart::app {

/// Where the processes that serve a data folder listen: one small file per name in <data_dir>/addresses, so
/// that commands on the same folder find them.
class AddressBook {
 public:
  explicit AddressBook(const std::filesystem::path& data_dir) : folder_(data_dir / "addresses") {}

  std::optional<std::string> find(const std::string& name) const;

  /// Entries that last as long as this object.
  class Entries {
   public:
    Entries(const AddressBook& book, const std::map<std::string, std::string>& addresses);
    ~Entries();
    Entries(const Entries&) = delete;
    Entries& operator=(const Entries&) = delete;

   private:
    std::map<std::filesystem::path, std::string> written_;
  };

 private:
  std::filesystem::path folder_;
};

}  // namespace cloudcart::app
