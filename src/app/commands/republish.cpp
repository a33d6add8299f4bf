#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/order_log.h"
#include "app/commands/print_error.h"

namespace cloudcart::app {
namespace {

constexpr seconds limit{30};

}  // namespace

int republish_events(const Config& config) {
  if (!has_orders(config)) return exit_unusable;
  Ground ground(config);
  const auto orders = open_order_stores(ground);
  const auto state = sync_wait(orders->relay_progress().start_over(ground.clock.monotonic_now() + limit));
  if (!state) {
    print_error(state.error());
    return exit_failed;
  }
  fmt::print(
      "The event log is published from its beginning, as edition {}, by the order service that runs now or "
      "next.\n",
      state->edition);
  return exit_ok;
}

}  // namespace cloudcart::app
