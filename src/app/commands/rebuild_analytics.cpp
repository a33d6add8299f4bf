#include <cstdio>

#include <fmt/format.h>

#include "adapters/sqlite/store/file_lock.h"
#include "analytics/app/analytics_app.h"
#include "app/commands/command_loop.h"
#include "app/commands/commands.h"
#include "app/commands/order_log.h"
#include "app/commands/print_error.h"
#include "app/commands/progress_line.h"
#include "app/platform/stores.h"
#include "http/beast/client.h"
#include "http/service_caller.h"

namespace cloudcart::app {
namespace {

using analytics::RebuildAnalytics;

constexpr milliseconds look_interval{200};
constexpr seconds call_limit{10};

void show(ProgressLine& line, std::int64_t position, std::int64_t end) {
  line.show("rebuilding", static_cast<std::uint64_t>(position), static_cast<std::uint64_t>(end));
}

Status remove_old_state(analytics::Rebuild& rebuild) {
  for (bool more = true; more;) {
    CLOUDCART_TRY(more, sync_wait(rebuild.remove_remains(Deadline::max())));
  }
  return {};
}

/// Nobody serves the folder: do it here.
Status rebuild_offline(Ground& ground) {
  const auto orders = open_order_stores(ground);
  const auto facts = open_fact_stores(ground);
  analytics::LiveFeed unheard(0);
  analytics::AnalyticsConsumer consumer(facts->facts(), unheard);
  // The two states meet at the end of the log.
  CLOUDCART_CHECK(sync_wait(events::catch_up(orders->log(), consumer)));
  RebuildAnalytics rebuild(facts->rebuild(), facts->facts(), orders->log(), unheard, ground.clock);
  rebuild.request();
  CommandLoop loop;
  BackgroundLoops background;
  background.start("rebuild", loop.loop(), [&](BackgroundLoops::StopFlag stop) { return rebuild.run(stop); });
  ProgressLine line;
  auto progress = rebuild.progress();
  for (; progress.phase == RebuildAnalytics::Phase::running && progress.trouble.empty();
       progress = rebuild.progress()) {
    show(line, progress.position, progress.end);
    std::this_thread::sleep_for(look_interval);
  }
  background.request_stop();
  background.join();
  if (progress.trouble.empty()) return remove_old_state(facts->rebuild());
  return fail(ErrorCode::unavailable, progress.trouble);
}

/// Asks the process that serves the folder, and watches it.
class RemoteRebuild {
 public:
  RemoteRebuild(Ground& ground, const std::string& address)
      : ground_(ground),
        client_({.base_url = address}),
        service_(client_, [&ground](const TenantId& tenant) { return ground.tokens.sign_service(tenant); }) {}

  Task<Status> run() {
    CLOUDCART_CO_TRY(auto progress, co_await service_.post(ground_.shop.tenant, path, "{}", deadline()));
    ProgressLine line;
    while (progress.at("phase").as_string() == "running") {
      if (const auto* trouble = progress.at("trouble").if_string())
        line.show("waiting", 0, 0, std::string{*trouble});
      show(line, progress.at("position").to_number<std::int64_t>(),
           progress.at("end").to_number<std::int64_t>());
      co_await sleep_until(Executor::current()->now() + look_interval);
      CLOUDCART_CO_TRY(progress, co_await service_.get(ground_.shop.tenant, path, deadline()));
    }
    if (progress.at("phase").as_string() == "done") co_return Status{};
    co_return fail(ErrorCode::unavailable,
                   "The process that serves the folder was started anew meanwhile; try again.");
  }

 private:
  static constexpr const char* path = "/internal/analytics/rebuild";
  static Deadline deadline() { return Executor::current()->now() + call_limit; }

  Ground& ground_;
  http::BeastClient client_;
  http::ServiceCaller service_;
};

/// The process that serves the shop rebuilds, and knows of it; where there is none, this one does.
Status rebuild_on_server(Ground& ground, const std::string& address) {
  CommandLoop loop;
  RemoteRebuild remote(ground, address);
  auto done = loop.run<Status>([&] { return remote.run(); });
  if (done || done.error().code != ErrorCode::unavailable) return done;
  return rebuild_offline(ground);
}

Status rebuild(Ground& ground, const std::string& address) {
  if (!ground.config.clickhouse.url.empty()) return rebuild_on_server(ground, address);
  try {
    return rebuild_offline(ground);
  } catch (const sqlite::InUse&) {
    CommandLoop loop;
    RemoteRebuild remote(ground, address);
    return loop.run<Status>([&] { return remote.run(); });
  }
}

}  // namespace

int rebuild_analytics(const Config& config, const RebuildCommand& options) {
  if (!has_orders(config)) return exit_unusable;
  Ground ground(config);
  const auto address =
      options.address.value_or(fmt::format("http://{}:{}", config.bind, config.ports.analytics));
  if (const auto done = rebuild(ground, address); !done) {
    print_error(done.error());
    return exit_failed;
  }
  fmt::print("Analytics was rebuilt from the log.\n");
  return exit_ok;
}

}  // namespace cloudcart::app
