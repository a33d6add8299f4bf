#pragma once

#include <vector>

#include <boost/json/value.hpp>

#include "core/result.h"
#include "recommendation/app/record_feedback.h"
#include "recommendation/domain/experiment.h"

namespace cloudcart::recommendation {

/// Errors: validation_failed with every violation of single fields; how they go together is the plan's own rule.
Result<ExperimentPlan> read_plan(const boost::json::value& body);

/// Errors: validation_failed with every violation.
Result<std::vector<ClientFeedback>> read_feedback(const boost::json::value& body);

}  // namespace cloudcart::recommendation
