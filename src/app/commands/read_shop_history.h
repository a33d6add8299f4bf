#pragma once

#include <filesystem>

#include "app/commands/progress_line.h"
#include "app/config/config.h"
#include "core/result.h"
#include "recommendation/offline/purchases.h"

namespace cloudcart::app {

/// read_purchases() with a progress line; says on standard error what was left out.
Result<recommendation::offline::Purchases> read_shop_history(const std::filesystem::path& path,
                                                             recommendation::offline::Words& words,
                                                             ProgressLine& line);

/// The orders of a data folder's event log that were not cancelled since, named by their ids.
Result<recommendation::offline::Purchases> read_shop_log(const Config& config,
                                                         recommendation::offline::Words& words,
                                                         ProgressLine& line);

}  // namespace cloudcart::app
