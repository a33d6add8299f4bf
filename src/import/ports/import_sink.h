#pragma once

#include <vector>

#include "core/caller.h"
#include "core/result.h"
#include "import/domain/imported.h"
#include "runtime/task.h"

namespace cloudcart::history {

/// Where imported records go. Each call is one batch (at most ImportOptions::batch_size records), all of it
/// or nothing, and skips every record whose id is there already, so that a killed import can simply run
/// again. Answers how many were new. Products and customers come before the orders that name them.
class ImportSink {
 public:
  virtual ~ImportSink() = default;
  virtual Task<Result<std::size_t>> products(TenantId tenant, std::vector<ImportedProduct> batch,
                                             Deadline deadline) = 0;
  virtual Task<Result<std::size_t>> customers(TenantId tenant, std::vector<ImportedCustomer> batch,
                                              Deadline deadline) = 0;
  /// With their events, which go onto the log in the same transaction.
  virtual Task<Result<std::size_t>> orders(TenantId tenant, std::vector<ImportedOrder> batch,
                                           Deadline deadline) = 0;
};

}  // namespace cloudcart::history
