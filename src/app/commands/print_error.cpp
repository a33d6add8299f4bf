#include "app/commands/print_error.h"

#include <cstdio>

#include <fmt/format.h>

namespace cloudcart::app {

void print_error(const Error& error) {
  fmt::print(stderr, "cloudcart: {}\n", error.message);
  for (const auto& [field, message] : error.fields) fmt::print(stderr, "  {}: {}\n", field, message);
}

}  // namespace cloudcart::app
