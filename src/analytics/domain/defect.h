#pragma once

#include <optional>
#include <string>

#include "events/order_event.h"

namespace cloudcart::analytics {

/// Why an event cannot be added up, as a sentence with the mend where there is one; nullopt for one that can.
/// `currency` is the one that all figures are in.
std::optional<std::string> defect_of(const events::OrderEvent& event, Currency currency);

}  // namespace cloudcart::analytics
