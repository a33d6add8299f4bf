#include "adapters/postgres/recommendation/plan_json.h"

#include <boost/json/array.hpp>

#include "core/json_reader.h"
#include "core/json_writer.h"

namespace cloudcart::recommendation {

std::string variants_as_json(const std::vector<Variant>& variants) {
  JsonWriter json;
  json.begin_array();
  for (const auto& variant : variants)
    json.begin_array()
        .value(variant.name)
        .value(to_string(variant.algorithm))
        .value(variant.weight)
        .value(variant.is_control)
        .end_array();
  json.end_array();
  return std::move(json).str();
}

std::string guardrails_as_json(const std::vector<Guardrail>& guardrails) {
  JsonWriter json;
  json.begin_array();
  for (const auto& guardrail : guardrails)
    json.begin_array()
        .value(static_cast<std::int64_t>(guardrail.metric))
        .value(guardrail.max_drop)
        .value(guardrail.stops)
        .end_array();
  json.end_array();
  return std::move(json).str();
}

std::vector<Variant> variants_of(std::string_view json) {
  std::vector<Variant> variants;
  const auto parsed = parse_json(json).value();
  for (const auto& one : parsed.as_array()) {
    const auto& fields = one.as_array();
    variants.push_back({std::string{fields.at(0).as_string()},
                        parse_algorithm(fields.at(1).as_string()).value(),
                        fields.at(2).to_number<std::int64_t>(), fields.at(3).as_bool()});
  }
  return variants;
}

std::vector<Guardrail> guardrails_of(std::string_view json) {
  std::vector<Guardrail> guardrails;
  const auto parsed = parse_json(json).value();
  for (const auto& one : parsed.as_array()) {
    const auto& fields = one.as_array();
    guardrails.push_back({static_cast<ExperimentMetric>(fields.at(0).to_number<std::int64_t>()),
                          fields.at(1).to_number<std::int64_t>(), fields.at(2).as_bool()});
  }
  return guardrails;
}

}  // namespace cloudcart::recommendation
