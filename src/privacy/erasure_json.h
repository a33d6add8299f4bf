#pragma once

#include <boost/json/value.hpp>

#include "core/json_writer.h"
#include "core/result.h"
#include "privacy/erasure.h"

/// What services say to each other about erasures. Readers fail with every violation at once; one that cannot be
/// understood is never passed over, because then somebody would not be erased.
namespace cloudcart::privacy {

/// {"erasures":[{"seq","tenant","user_id","requested_at"}],"last","highest"}
void write_erasures(JsonWriter& json, const ErasureBatch& batch);
Result<ErasureBatch> parse_erasures(const boost::json::value& data);

/// {"tenant","user_id","holder","is_done","open_orders","at"}
void write_report(JsonWriter& json, const ErasureReport& report);
Result<ErasureReport> parse_report(const boost::json::value& body);

}  // namespace cloudcart::privacy
