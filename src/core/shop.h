#pragma once

#include <string>

#include "core/caller.h"
#include "core/money.h"
#include "core/time_zone.h"

namespace cloudcart {

/// A tenant's own settings, from the configuration.
struct Shop {
  TenantId tenant;
  std::string name = "CloudCart";
  Currency currency = Currency::parse("GBP").value();
  TimeZone time_zone;  ///< what "a day" means in analytics
};

}  // namespace cloudcart
