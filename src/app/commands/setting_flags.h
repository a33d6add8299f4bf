#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/config/config.h"

namespace CLI {
class App;
}

namespace cloudcart::app {

/// What the command does once its settings, those of `keys` (empty: all), are read from file, environment and flags; its
/// exit code goes to `exit_code`, which outlives it.
void on_run(CLI::App& command, const std::vector<std::string>& keys, int& exit_code,
            std::function<int(const Config&)> body);

/// "30s", "10m", "2h"; false for what is none.
bool read_duration(const std::string& given, seconds& duration);

}  // namespace cloudcart::app
