#pragma once

#include <string>
#include <unordered_map>

#include "import/ports/import_sink.h"

namespace cloudcart::history {

/// Keeps what comes, by tenant and id.
class MemoryImportSink final : public ImportSink {
 public:
  template <class Record>
  using ById = std::unordered_map<Uuid, Record>;
  struct Shop {
    ById<ImportedProduct> products;
    ById<ImportedCustomer> customers;
    ById<ImportedOrder> orders;
  };

  Task<Result<std::size_t>> products(TenantId tenant, std::vector<ImportedProduct> batch, Deadline) override {
    co_return add(shops_[tenant.value].products, std::move(batch));
  }
  Task<Result<std::size_t>> customers(TenantId tenant, std::vector<ImportedCustomer> batch,
                                      Deadline) override {
    co_return add(shops_[tenant.value].customers, std::move(batch));
  }
  Task<Result<std::size_t>> orders(TenantId tenant, std::vector<ImportedOrder> batch, Deadline) override {
    co_return add(shops_[tenant.value].orders, std::move(batch));
  }

  const Shop& shop(const TenantId& tenant = {}) { return shops_[tenant.value]; }

 private:
  template <class Record>
  static std::size_t add(ById<Record>& records, std::vector<Record> batch) {
    std::size_t added = 0;
    for (auto& record : batch) {
      const Uuid id = record.id.value;
      added += records.try_emplace(id, std::move(record)).second ? 1 : 0;
    }
    return added;
  }

  std::unordered_map<std::string, Shop> shops_;
};

}  // namespace cloudcart::history
