#include "support/engines.h"

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace cloudcart::test {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string{} : std::string{value};
}

/// The file of the build folder unless ctest names another, so that a program can be run by hand, too.
std::string addresses_file() {
  auto named = variable("CLOUDCART_TEST_ENGINES");
  return named.empty() ? CLOUDCART_ENGINES "/addresses.env" : named;
}

/// From lines NAME=address.
std::string find_in(const std::string& file, std::string_view name) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name) && line.substr(name.size()).starts_with('='))
      return line.substr(name.size() + 1);
  }
  return {};
}

std::string address(const char* name) {
  if (auto given = variable(name); !given.empty()) return given;
  const auto file = addresses_file();
  if (auto found = find_in(file, name); !found.empty()) return found;
  const auto folder = file.substr(0, file.rfind('/'));
  throw std::runtime_error(std::string{name} + " is not set and not in " + file +
                           ": this test needs a server. Start it with `scripts/engines start " + folder +
                           "`, or run the test through ctest.");
}

}  // namespace

std::string postgres_url() {
  return address("CLOUDCART_TEST_POSTGRES");
}

std::string redis_address() {
  return address("CLOUDCART_TEST_REDIS");
}

std::string kafka_address() {
  return address("CLOUDCART_TEST_KAFKA");
}

std::string clickhouse_url() {
  return address("CLOUDCART_TEST_CLICKHOUSE");
}

std::string chdb_url() {
  return address("CLOUDCART_TEST_CHDB");
}

}  // namespace cloudcart::test
