#include "app/platform/address_book.h"

#include <fstream>

namespace cloudcart::app {
namespace {

std::string read_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

std::optional<std::string> AddressBook::find(const std::string& name) const {
  auto address = read_line(folder_ / name);
  if (address.empty()) return std::nullopt;
  return address;
}

AddressBook::Entries::Entries(const AddressBook& book, const std::map<std::string, std::string>& addresses) {
  std::filesystem::create_directories(book.folder_);
  for (const auto& [name, address] : addresses) {
    const auto file = book.folder_ / name, part = book.folder_ / (name + ".part");
    std::ofstream(part) << address << '\n';
    std::filesystem::rename(part, file);
    written_.emplace(file, address);
  }
}

AddressBook::Entries::~Entries() {
  std::error_code ignored;
  for (const auto& [file, address] : written_)
    if (read_line(file) == address) std::filesystem::remove(file, ignored);
}

}  // namespace cloudcart::app
