// What clients of the live socket ask for.
#include "analytics/http/live_command.h"

#include "fuzz/fuzz_target.h"

using namespace cloudcart;
using fuzz::require;

FUZZ_TARGET(live_command) {
  const auto command = analytics::parse_live_command(input);
  if (command) {
    require(command->topics.size() <= 100 && command->products.size() <= 1000,
            "what is asked for has a bound");
    return;
  }
  const auto code = command.error().code;
  require(code == ErrorCode::malformed_request || code == ErrorCode::validation_failed,
          "the command is at fault");
  require(code != ErrorCode::validation_failed || !command.error().fields.empty(), "each violation is named");
}
