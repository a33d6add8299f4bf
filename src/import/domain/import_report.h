#pragma once

#include <cstdint>
#include <string>

#include "core/money.h"
#include "core/timestamp.h"
#include "import/domain/left_out.h"

namespace cloudcart::history {

/// What an import did. The figures of the history are the same on every run over the same files; `new_…` say
/// what this run added.
struct ImportReport {
  std::string source;
  std::size_t files = 0;
  std::uint64_t lines = 0;  ///< records of the files, headers and blank lines not counted
  std::uint64_t lines_kept = 0;
  std::uint64_t latin1_fields = 0;  ///< that were no UTF-8
  LeftOutTally left_out{};
  std::uint64_t orders_left_out = 0;  ///< no line of them counts

  std::uint64_t sales = 0;
  std::uint64_t cancelled_sales = 0;  ///< of the sales: taken back as a whole by a later cancellation
  std::uint64_t credit_notes = 0;     ///< cancellations that take back something else than one whole sale
  std::uint64_t customers = 0;        ///< guests not counted
  std::uint64_t guests = 0;
  std::uint64_t products = 0;
  std::uint64_t new_orders = 0, new_customers = 0, new_products = 0;

  Currency currency;
  Money gross;      ///< all sales
  Money cancelled;  ///< cancelled sales and credit notes
  Money net;        ///< gross - cancelled

  Timestamp first_order, last_order;  ///< as stored, so after the shift; meaningless without orders
  int shift_days = 0;
  milliseconds took{0};
};

std::string to_json(const ImportReport& report);
/// For a terminal, several lines, the last one ended.
std::string to_text(const ImportReport& report);

}  // namespace cloudcart::history
