#pragma once

#include <vector>

#include "app/config/config.h"
#include "app/platform/stores.h"
#include "events/event_log.h"

namespace cloudcart::app {

/// The event log of a shop, whether somebody serves it or not.
class OrderLog {
 public:
  using Records = std::vector<events::LogRecord>;
  static constexpr std::size_t records_per_read = 1000;

  explicit OrderLog(const Config& config);

  /// At most records_per_read beyond `after`; empty at the end.
  Result<Records> read(std::int64_t after);
  Result<std::int64_t> end();

 private:
  void bring_up_to_date();

  Ground ground_;
  std::unique_ptr<OrderStores> orders_;
};

/// False, and says so on standard error, when nobody ever ordered in the data folder.
bool has_orders(const Config& config);

}  // namespace cloudcart::app
