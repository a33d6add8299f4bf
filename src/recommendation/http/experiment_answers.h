#pragma once

#include "core/json_writer.h"
#include "recommendation/app/manage_experiments.h"

namespace cloudcart::recommendation {

/// Without the keys, which nobody is told.
void write_experiment(JsonWriter& json, const Experiment& experiment);
/// The `data` of a report.
JsonWriter report_json(const ExperimentReport& report);

}  // namespace cloudcart::recommendation
