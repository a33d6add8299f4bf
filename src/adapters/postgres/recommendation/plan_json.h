#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "recommendation/domain/experiment.h"

namespace cloudcart::recommendation {

/// A plan's lists as values of a row: [[name, algorithm, weight, is control], …] and [[metric, greatest drop, stops], …].
std::string variants_as_json(const std::vector<Variant>& variants);
std::string guardrails_as_json(const std::vector<Guardrail>& guardrails);

/// Of what those have made: anything else is a damaged store, and thrown.
std::vector<Variant> variants_of(std::string_view json);
std::vector<Guardrail> guardrails_of(std::string_view json);

}  // namespace cloudcart::recommendation
