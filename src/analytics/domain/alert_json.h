#pragma once

#include <string>

#include "analytics/domain/alert.h"
#include "core/json_writer.h"

namespace cloudcart::analytics {

/// `condition`: {…} into an open object, with figures in units of the metric.
void write_condition(JsonWriter& json, const AlertCondition& condition, Metric metric);

/// The fields of an event: the same in the API, on the stream and in a webhook's body.
void write_event_fields(JsonWriter& json, const AlertEvent& event);

/// {"event_id":…,"type":"alert.fired",…}
std::string event_json(const AlertEvent& event);

}  // namespace cloudcart::analytics
