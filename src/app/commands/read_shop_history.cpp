#include "app/commands/read_shop_history.h"

#include <cstdio>

#include <fmt/format.h>

#include "app/offline/purchase_file.h"

namespace cloudcart::app {

Result<recommendation::offline::Purchases> read_shop_history(const std::filesystem::path& path,
                                                             recommendation::offline::Words& words,
                                                             ProgressLine& line) {
  const auto show = [&](std::uint64_t done, std::uint64_t total) {
    line.show("reading", done, total, path.filename().string());
  };
  CLOUDCART_TRY(auto file, read_purchases(path, words, show));
  if (file.without_user + file.returned > 0) {
    line.clear();
    fmt::print(
        stderr, "{}: {} of {} lines do not count: {} without a user, {} with a quantity of zero or less.\n",
        path.string(), file.without_user + file.returned, file.lines, file.without_user, file.returned);
  }
  return std::move(file.purchases);
}

}  // namespace cloudcart::app
