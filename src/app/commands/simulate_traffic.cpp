#include <csignal>
#include <cstdio>
#include <iostream>
#include <thread>

#include <fmt/format.h>

#include "app/commands/command_loop.h"
#include "app/commands/commands.h"
#include "http/beast/client.h"
#include "simulate/simulate.h"

namespace cloudcart::app {
namespace {

constexpr seconds report_interval{10};

volatile std::sig_atomic_t stop_asked = 0;

void print_tally(const simulate::Tally& tally, seconds elapsed) {
  fmt::print(
      "{:>5} s  {} orders, {} new accounts, {} cancelled, {} moved along, {} restocked, {} sold out, {} "
      "failures\n",
      elapsed.count(), tally.orders.load(), tally.accounts.load(), tally.cancelled.load(), tally.moved.load(),
      tally.restocked.load(), tally.sold_out.load(), tally.failures.load());
  std::fflush(stdout);
}

/// Runs until stopped by a signal or by time.
void run(EventLoop& loop, simulate::Simulation& simulation, bool with_staff,
         std::optional<seconds> duration) {
  BackgroundLoops loops;
  for (std::size_t i = 0; i < simulation.visitors(); ++i)
    loops.start(fmt::format("visitor-{}", i), loop,
                [&simulation, i](BackgroundLoops::StopFlag stop) { return simulation.visit(i, stop); });
  if (with_staff)
    loops.start("staff", loop,
                [&simulation](BackgroundLoops::StopFlag stop) { return simulation.work_as_staff(stop); });

  const auto began = std::chrono::steady_clock::now();
  auto next_report = began + report_interval;
  while (!stop_asked) {
    std::this_thread::sleep_for(milliseconds{100});
    const auto now = std::chrono::steady_clock::now();
    if (duration && now - began >= *duration) break;
    if (now < next_report) continue;
    print_tally(simulation.tally(), std::chrono::floor<seconds>(now - began));
    next_report += report_interval;
  }
  loops.request_stop();
  loops.join();
  print_tally(simulation.tally(), std::chrono::floor<seconds>(std::chrono::steady_clock::now() - began));
}

Result<simulate::Customer> sign_in_staff(CommandLoop& loop, simulate::ShopApi& api,
                                         const std::string& email) {
  std::string password;
  if (!std::getline(std::cin, password))
    return fail(ErrorCode::validation_failed,
                "Give the password of the staff account on standard input, in one line.");
  return loop.run<Result<simulate::Customer>>([&] { return api.sign_in(email, password); });
}

}  // namespace

int simulate_traffic(const SimulateCommand& options) {
  std::signal(SIGINT, [](int) { stop_asked = 1; });
  std::signal(SIGTERM, [](int) { stop_asked = 1; });
  std::signal(SIGPIPE, SIG_IGN);
  CommandLoop loop;
  http::BeastClient gateway({.base_url = options.address});
  simulate::ShopApi api(gateway);
  if (const auto alive = loop.run<Status>([&] { return api.health(); }); !alive) {
    fmt::print(stderr,
               "cloudcart: nothing to simulate against: {} Start it with 'cloudcart serve', or give its "
               "--address.\n",
               alive.error().message);
    return exit_unusable;
  }
  simulate::SimulateOptions how{
      .orders_per_minute = options.orders_per_minute, .seed = options.seed, .staff = {}};
  if (options.staff_email) {
    auto staff = sign_in_staff(loop, api, *options.staff_email);
    if (!staff) {
      fmt::print(stderr, "cloudcart: cannot sign in {}: {}\n", *options.staff_email, staff.error().message);
      return exit_failed;
    }
    how.staff = *std::move(staff);
  }
  SystemClock clock;
  SystemIdGenerator ids(clock);
  simulate::Simulation simulation(api, ids, std::move(how));
  run(loop.loop(), simulation, options.staff_email.has_value(), options.duration);
  const auto& tally = simulation.tally();
  return tally.orders == 0 && tally.failures > 0 ? exit_failed : exit_ok;
}

}  // namespace cloudcart::app
