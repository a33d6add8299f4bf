#include <cstdio>

#include <fmt/format.h>

#include "app/commands/commands.h"

namespace cloudcart::app {

int print_settings() {
  for (const auto& setting : settings())
    fmt::print("{:<30} {:<40} {}\n", setting.key, setting.variable(), setting.help);
  fmt::print(
      "\nCLOUDCART_<SETTING>_FILE is the path of a file that holds the text of CLOUDCART_<SETTING>.\n");
  return exit_ok;
}

}  // namespace cloudcart::app
