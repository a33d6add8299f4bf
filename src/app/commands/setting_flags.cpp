#include "app/commands/setting_flags.h"

#include <algorithm>
#include <cstdio>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/commands/commands.h"
#include "app/operations/logging.h"

namespace cloudcart::app {
namespace {

using Flags = std::vector<std::pair<std::string, std::string>>;

/// "ports.user" → "--port-user", "upstreams.user" → "--upstream-user", "services" → "--service".
std::string flag_of(const std::string& key) {
  std::string name = key;
  for (const std::string_view plural : {"ports.", "upstreams."})
    if (name.starts_with(plural)) name.erase(plural.size() - 2, 1);
  if (name == "services") name = "service";
  std::ranges::replace(name, '.', '-');
  std::ranges::replace(name, '_', '-');
  return "--" + name;
}

/// "--data-dir --help" has lost its value, and means no folder of that name.
std::string refuse_flag(const std::string& value) {
  if (!value.starts_with("--")) return {};
  return fmt::format(
      "needs a value, and '{}' is a flag; a value that begins so goes into the settings file or the environment",
      value);
}

/// The settings that a command takes, as flags, gathered as text for load_config.
class SettingFlags {
 public:
  /// `keys` empty: all of them.
  void add_to(CLI::App& command, const std::vector<std::string>& keys) {
    command.add_option("--config", file_, "Settings file (TOML)")
        ->check(CLI::ExistingFile)
        ->group("Settings");
    for (const auto& setting : settings()) {
      if (!keys.empty() && std::ranges::find(keys, setting.key) == keys.end()) continue;
      add_one(command, setting);
    }
  }

  /// Prints why and exits when the settings are not usable.
  Config load() const {
    std::vector<std::string> environment;
    for (char** entry = environ; *entry; ++entry) environment.emplace_back(*entry);
    auto config = load_config(file_, environment, flags_);
    if (!config) {
      fmt::print(stderr, "cloudcart: {}\n", config.error().message);
      std::exit(exit_unusable);
    }
    set_up_logging(*config);
    return *std::move(config);
  }

 private:
  void add_one(CLI::App& command, const Setting& setting) {
    const auto gather = [this, key = setting.key](const std::vector<std::string>& values) {
      flags_.emplace_back(key, fmt::format("{}", fmt::join(values, ",")));
      return true;
    };
    auto* option = command.add_option(flag_of(setting.key), CLI::callback_t(gather), setting.help);
    option->group("Settings")->type_name("TEXT")->check(CLI::Validator{refuse_flag, ""});
    const bool is_list = setting.key == "services" || setting.key == "http.allowed_origins" ||
                         setting.key.starts_with("upstreams.");
    option->expected(1, is_list ? 16 : 1);
    if (is_list) option->allow_extra_args(false)->take_all();
  }

  std::optional<std::filesystem::path> file_;
  Flags flags_;
};

}  // namespace

void on_run(CLI::App& command, const std::vector<std::string>& keys, int& exit_code,
            std::function<int(const Config&)> body) {
  const auto flags = std::make_shared<SettingFlags>();
  flags->add_to(command, keys);
  command.callback([&exit_code, flags, body = std::move(body)] { exit_code = body(flags->load()); });
}

bool read_duration(const std::string& given, seconds& duration) {
  std::string text = given;
  const auto units =
      CLI::AsNumberWithUnit(std::map<std::string, std::int64_t>{{"s", 1}, {"m", 60}, {"h", 3600}});
  if (!units(text).empty()) return false;
  duration = seconds{std::stoll(text)};
  return duration >= seconds{0};
}

}  // namespace cloudcart::app
