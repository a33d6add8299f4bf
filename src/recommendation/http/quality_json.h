#pragma once

#include "core/json_writer.h"
#include "recommendation/app/get_quality.h"

namespace cloudcart::recommendation {

/// The `data` of GET /api/ai/model/quality.
JsonWriter quality_json(const QualityReport& report);

}  // namespace cloudcart::recommendation
