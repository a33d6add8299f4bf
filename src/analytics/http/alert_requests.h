#pragma once

#include <optional>

#include <boost/json/value.hpp>

#include "analytics/app/manage_alerts.h"
#include "core/result.h"

namespace cloudcart::analytics {

struct AlertRequest {
  AlertDraft draft;
  std::optional<std::int64_t> version;  ///< that the edit was made on
};

/// Errors: validation_failed with every violation.
Result<AlertRequest> read_alert(const boost::json::value& body);

}  // namespace cloudcart::analytics
