#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "demo/demo_shop.h"
#include "import/ports/import_sink.h"

namespace cloudcart::demo {

struct DemoCounts {
  std::size_t products = 0, customers = 0, orders = 0;
};

/// Hands the whole shop to the sink in batches of at most 2,000, products and customers first; answers how
/// many were new.
Task<Result<DemoCounts>> load_demo(const DemoShop& shop, history::ImportSink& sink, TenantId tenant,
                                   Deadline deadline);

/// Writes the orders as CSV in the plain layout of the import, a piece at a time, oldest first. A
/// cancellation is a document of its own with the order's number behind a C and negative quantities, a return
/// one behind an R; the import puts them together again.
void write_csv(const DemoShop& shop, const std::function<void(std::string_view)>& write);

}  // namespace cloudcart::demo
