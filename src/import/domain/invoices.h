#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "import/domain/line_collector.h"

namespace cloudcart::history {

struct InvoiceLine {
  std::uint32_t product = none;
  std::int64_t quantity = 0;
  Money price;
  Money subtotal;
};

/// A document with its lines, those of one product at one price merged, in order of appearance.
struct Invoice {
  std::uint32_t document = none;
  Timestamp time;
  bool is_cancellation = false;
  std::uint32_t customer = none;  ///< none: a guest
  std::uint32_t first_line = 0;
  std::uint32_t line_count = 0;
  Money total;
  std::uint32_t settled_with = none;  ///< of a sale: the cancellation that takes it back; of that: the sale
};

/// Second half of an import: all documents that have lines, in order of time (sales before cancellations of
/// the same moment, then by number, so that the order of the file does not matter).
class Invoices {
 public:
  explicit Invoices(const LineCollector& collected);

  std::span<const Invoice> all() const { return invoices_; }
  std::span<const InvoiceLine> lines_of(const Invoice& invoice) const {
    return std::span{lines_}.subspan(invoice.first_line, invoice.line_count);
  }

 private:
  void group(const LineCollector& collected);
  void append_merged(Invoice& invoice, std::span<const DocumentLine> lines);
  void match_cancellations();
  std::vector<InvoiceLine> sorted_lines(const Invoice& invoice) const;
  std::uint64_t content_hash(const Invoice& invoice) const;
  bool same_content(const Invoice& a, const Invoice& b) const;

  std::vector<Invoice> invoices_;
  std::vector<InvoiceLine> lines_;
};

}  // namespace cloudcart::history
