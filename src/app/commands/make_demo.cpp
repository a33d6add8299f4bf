#include <cstdio>
#include <fstream>

#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/import_target.h"
#include "app/commands/print_error.h"
#include "demo/load_demo.h"

namespace cloudcart::app {
namespace {

Result<demo::DemoShop> invent(const Config& config, const DemoCommand& options) {
  CLOUDCART_TRY(const auto shop, shop_of(config));
  return demo::DemoShop::make({.seed = options.seed,
                               .products = options.products,
                               .customers = options.customers,
                               .orders = options.orders,
                               .days = options.days,
                               .end_time = SystemClock{}.now(),
                               .zone = shop.time_zone});
}

Status write_file(const demo::DemoShop& shop, const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary);
  demo::write_csv(shop, [&](std::string_view piece) { file << piece; });
  file.close();
  if (!file) return fail(ErrorCode::unavailable, fmt::format("Cannot write {}.", path.string()));
  fmt::print("wrote {} orders to {}\n", shop.order_count(), path.string());
  return {};
}

Status fill_folder(const demo::DemoShop& shop, const Config& config) {
  ImportTarget target(config);
  CLOUDCART_TRY(const auto added, sync_wait(demo::load_demo(shop, target.sink, {}, Deadline::max())));
  CLOUDCART_CHECK(target.apply_to_analytics());
  fmt::print("added {} products, {} customers, {} orders to {}\n", added.products, added.customers,
             added.orders, config.data_dir.string());
  return {};
}

}  // namespace

int make_demo(const Config& config, const DemoCommand& options) {
  const auto shop = invent(config, options);
  const auto made = !shop ? Status{std::unexpected(shop.error())}
                          : (options.csv ? write_file(*shop, *options.csv) : fill_folder(*shop, config));
  if (made) return exit_ok;
  print_error(made.error());
  return exit_failed;
}

}  // namespace cloudcart::app
