// The configuration file, the environment and flags: refused with one sentence, or taken; never half.
#include "app/config/config.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "fuzz/fuzz_target.h"

using namespace cloudcart;
using fuzz::require;

namespace {

void check(const Result<app::Config>& config) {
  if (!config) {
    require(config.error().code == ErrorCode::validation_failed && !config.error().message.empty(),
            "a configuration is refused with a sentence");
    return;
  }
  require(config->auth.jwt_secret.empty() || config->auth.jwt_secret.size() >= 32, "a secret is long enough");
  (void)app::shop_of(*config);
}

}  // namespace

/// First line: one variable of the environment; the rest: the file.
FUZZ_TARGET(config) {
  static const auto path =
      std::filesystem::temp_directory_path() / ("cloudcart-fuzz-" + std::to_string(getpid()) + ".toml");
  fuzz::Input bytes(input);
  const std::string variable{bytes.line()};
  check(app::load_config(std::nullopt, {variable}, {}));
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes.rest();
  check(app::load_config(path, {}, {}));
  std::filesystem::remove(path);
}
