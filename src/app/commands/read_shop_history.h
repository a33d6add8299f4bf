#pragma once

#include <filesystem>

#include "app/commands/progress_line.h"
#include "core/result.h"
#include "recommendation/offline/purchases.h"

namespace cloudcart::app {

/// read_purchases() with a progress line; says on standard error what was left out.
Result<recommendation::offline::Purchases> read_shop_history(const std::filesystem::path& path,
                                                             recommendation::offline::Words& words,
                                                             ProgressLine& line);

}  // namespace cloudcart::app
