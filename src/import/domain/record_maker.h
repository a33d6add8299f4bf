#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "import/domain/date_shift.h"
#include "import/domain/imported.h"
#include "import/domain/invoices.h"
#include "import/domain/record_ids.h"

namespace cloudcart::history {

/// Turns the collected history into records, a batch at a time, so that never all of them are in memory in
/// full.
class RecordMaker {
 public:
  struct Options {
    std::string source;
    std::int64_t inventory_count = 100;  ///< histories have no stock
    DateShift shift;
  };

  /// Both are read while the maker lives.
  RecordMaker(const LineCollector& collected, const Invoices& invoices, Options options);

  std::size_t product_count() const { return listed_products_.size(); }
  std::size_t customer_count() const { return buyers_.size(); }  ///< guests included
  std::size_t guest_count() const { return guests_; }
  /// Sales and credit notes; a cancellation that takes back a whole sale is no record of its own.
  std::size_t order_count() const { return orders_.size(); }

  /// Records `first` … `first` + `count` - 1, fewer at the end; orders in order of time.
  std::vector<ImportedProduct> products(std::size_t first, std::size_t count) const;
  std::vector<ImportedCustomer> customers(std::size_t first, std::size_t count) const;
  std::vector<ImportedOrder> orders(std::size_t first, std::size_t count) const;

 private:
  struct Buyer {
    std::uint32_t first_invoice;  ///< a guest's only one
    bool is_guest;
  };

  void find_buyers();
  UserId buyer_of(const Invoice& invoice) const;
  std::string category_of(std::uint32_t product) const;
  ImportedProduct make_product(std::uint32_t product) const;
  ImportedCustomer make_customer(const Buyer& buyer) const;
  ImportedOrder make_order(const Invoice& invoice) const;
  void add_events(ImportedOrder& order, const Invoice& invoice) const;
  std::string address_of(const Document& document) const;

  const LineCollector& collected_;
  const Invoices& invoices_;
  Options options_;
  RecordIds ids_;
  std::vector<std::string> names_;              ///< by product
  std::vector<std::uint32_t> listed_products_;  ///< those with a line that counts
  std::vector<Buyer> buyers_;
  std::size_t guests_ = 0;
  std::vector<std::uint32_t> orders_;  ///< the invoices that become records
};

}  // namespace cloudcart::history
