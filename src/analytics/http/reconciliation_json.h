#pragma once

#include "analytics/domain/reconciliation.h"
#include "core/json_writer.h"

namespace cloudcart::analytics {

/// The fields `equal`, `ledger`, `analytics`, `difference`, `days_compared`, `position` and `dead_letters` of an object
/// that is being written.
void write_reconciliation(JsonWriter& json, const Reconciliation& reconciliation);
/// The field `differing_days`.
void write_differing_days(JsonWriter& json, const Reconciliation& reconciliation);

}  // namespace cloudcart::analytics
