#include "import/app/import_history.h"

#include <cstdio>

#include <fmt/format.h>

#include "adapters/compression/import/open_file.h"
#include "app/commands/commands.h"
#include "app/commands/import_target.h"
#include "app/commands/print_error.h"
#include "app/commands/progress_line.h"

namespace cloudcart::app {
namespace {

constexpr std::string_view phase_words[] = {"reading", "products", "customers", "orders"};

Result<std::vector<history::ImportFile>> open_files(const std::vector<std::filesystem::path>& paths) {
  std::vector<history::ImportFile> files;
  for (const auto& path : paths) {
    CLOUDCART_TRY(auto bytes, history::open_file(path));
    files.push_back({path.string(), std::move(bytes)});
  }
  return files;
}

Result<history::ImportReport> run_import(ImportTarget& target, const ImportOptions& options) {
  CLOUDCART_TRY(auto files, open_files(options.files));
  ProgressLine line;
  const auto show = [&](const history::ImportProgress& progress) {
    line.show(std::string{phase_words[static_cast<std::size_t>(progress.phase)]}, progress.done,
              progress.total, fmt::format("{} lines", progress.lines));
  };
  history::ImportHistory import(target.sink, target.journal, target.ground.clock);
  CLOUDCART_TRY(auto report, sync_wait(import({},
                                              {.shop = target.ground.shop,
                                               .shift_to_today = options.shift_to_today,
                                               .inventory_count = options.stock,
                                               .not_products = options.not_products},
                                              std::move(files), show)));
  line.show("analytics", 0, 1);
  CLOUDCART_CHECK(target.apply_to_analytics());
  return report;
}

}  // namespace

int import_history(const Config& config, const ImportOptions& options) {
  ImportTarget target(config);
  const auto report = run_import(target, options);
  if (!report) {
    print_error(report.error());
    return exit_failed;
  }
  if (options.json) {
    fmt::print("{}\n", history::to_json(*report));
  } else {
    fmt::print("{}", history::to_text(*report));
  }
  return exit_ok;
}

}  // namespace cloudcart::app
