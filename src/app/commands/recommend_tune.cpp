#include <fmt/format.h>

#include "app/commands/commands.h"
#include "app/commands/print_error.h"
#include "app/commands/progress_line.h"
#include "app/commands/read_shop_history.h"
#include "app/commands/recommend.h"
#include "app/offline/run_file.h"

namespace cloudcart::app {
namespace {

using namespace recommendation::offline;

Result<TuneReport> tune(const RecommendTuneCommand& options, const Tuner& tuner) {
  ProgressLine line;
  Words words;
  CLOUDCART_TRY(const auto train, read_shop_history(options.train, words, line));
  const auto show = [&](std::uint64_t done, std::uint64_t total) { line.show("tuning", done, total); };
  CLOUDCART_TRY(auto report, tuner(train, words, show));
  if (options.out) {
    CLOUDCART_TRY(auto file, TextFile::create(*options.out));
    CLOUDCART_CHECK(file.write(to_json(report) + "\n"));
    CLOUDCART_CHECK(file.close());
  }
  return report;
}

}  // namespace

int recommend_tune(const RecommendTuneCommand& options, const Tuner& tuner) {
  const auto report = tune(options, tuner);
  if (!report) {
    print_error(report.error());
    return exit_failed;
  }
  fmt::print("{}", to_text(*report));
  return exit_ok;
}

}  // namespace cloudcart::app
