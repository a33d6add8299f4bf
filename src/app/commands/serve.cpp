#include <csignal>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "app/commands/commands.h"
#include "app/operations/file_handles.h"
#include "app/platform/address_book.h"
#include "app/platform/platform.h"
#include "core/json_writer.h"

namespace cloudcart::app {
namespace {

/// SIGTERM and SIGINT, taken by waiting for them; to be made before any thread, since threads inherit the
/// mask.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    // A peer that has gone is an error of the write, not the end of the process.
    std::signal(SIGPIPE, SIG_IGN);
  }
  void wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
  }

 private:
  sigset_t set_;
};

void print_addresses(const std::map<std::string, std::string>& addresses) {
  for (const auto& [name, address] : addresses) fmt::print("{:<10} {}\n", name, address);
}

/// Written beside and moved into place, so that whoever waits for the file never sees half of it.
void write_addresses(const std::filesystem::path& file, const std::map<std::string, std::string>& addresses) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, address] : addresses) json.field(name, address);
  json.end_object();
  const auto part = file.string() + ".part";
  std::ofstream(part) << json.str() << '\n';
  std::filesystem::rename(part, file);
}

void print_sign_in_link(Platform& platform, const std::string& email) {
  const auto link = platform.sign_in_link(email);
  if (link) {
    fmt::print("\nDashboard, signed in as {} (works once, for 15 minutes):\n  {}\n", email, *link);
  } else {
    fmt::print(stderr, "cloudcart: no sign-in link: {}\n", link.error().message);
  }
}

}  // namespace

int serve(const Config& config, const ServeOptions& options) {
  const StopSignals stop_signals;
  raise_file_limit(config.http.max_connections);
  Platform platform(config);
  platform.start();
  const auto addresses = platform.addresses();
  const AddressBook::Entries published(AddressBook{config.data_dir}, addresses);
  print_addresses(addresses);
  if (options.sign_in_as) {
    print_sign_in_link(platform, *options.sign_in_as);
  } else if (addresses.contains("dashboard")) {
    fmt::print("\nDashboard: {}/\n", addresses.at("dashboard"));
  }
  std::fflush(stdout);
  if (options.addresses_file) write_addresses(*options.addresses_file, addresses);

  stop_signals.wait();
  spdlog::info("stopping: finishing the requests under way");
  platform.stop();
  spdlog::info("stopped");
  return exit_ok;
}

}  // namespace cloudcart::app
