#include <csignal>
#include <cstdio>
#include <fstream>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

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

/// Only the operator may see it. What is printed to no terminal ends in a log, so there it goes into a file.
void show_setup_token(const Config& config, const std::map<std::string, std::string>& addresses,
                      const std::string& token) {
  if (isatty(STDOUT_FILENO) != 0) {
    fmt::print("\nThere is no admin yet. The setup token makes the first one, once, within an hour:\n  {}\n",
               token);
    if (addresses.contains("dashboard")) fmt::print("  {}/#setup={}\n", addresses.at("dashboard"), token);
    return;
  }
  const auto file = config.data_dir / "setup.token";
  std::filesystem::create_directories(config.data_dir);
  std::filesystem::remove(file);
  const auto others = umask(S_IRWXG | S_IRWXO);
  std::ofstream(file) << token << '\n';
  umask(others);
  fmt::print("\nThere is no admin yet. The setup token in {} makes the first one, once, within an hour.\n",
             file.string());
}

void offer_setup(const Config& config, Platform& platform) {
  const auto token = platform.offer_setup();
  if (!token) {
    fmt::print(stderr, "cloudcart: no setup token: {}\n", token.error().message);
  } else if (*token) {
    show_setup_token(config, platform.addresses(), **token);
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
  offer_setup(config, platform);
  std::fflush(stdout);
  if (options.addresses_file) write_addresses(*options.addresses_file, addresses);

  stop_signals.wait();
  spdlog::info("stopping: finishing the requests under way");
  platform.stop();
  spdlog::info("stopped");
  return exit_ok;
}

}  // namespace cloudcart::app
