#include "recommendation/offline/tuning.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/json_writer.h"

namespace cloudcart::recommendation::offline {

std::string to_json(const TuneReport& report) {
  JsonWriter json;
  json.begin_object().key("weights").begin_object();
  for (const auto& [parameter, by_default, chosen] : report.choices) json.field(parameter, chosen);
  return std::move(json.end_object().end_object()).str();
}

std::string to_text(const TuneReport& report) {
  std::size_t width = std::string_view{"parameter"}.size();
  for (const auto& choice : report.choices) width = std::max(width, choice.parameter.size());
  auto text = fmt::format("{:<{}}{:>12}{:>12}\n", "parameter", width, "default", "chosen");
  for (const auto& [parameter, by_default, chosen] : report.choices)
    text += fmt::format("{:<{}}{:>12.4g}{:>12.4g}\n", parameter, width, by_default, chosen);
  text += fmt::format("\n{:<10}{:>9}  {:<12}{:>9}{:>9}{:>10}\n", "task", "queries", "metric", "default",
                      "chosen", "gain");
  for (const auto& gain : report.gains)
    text += fmt::format("{:<10}{:>9}  {:<12}{:>9.4f}{:>9.4f}{:>+10.4f}\n", to_string(gain.task), gain.queries,
                        gain.metric, gain.by_default, gain.chosen, gain.chosen - gain.by_default);
  return text;
}

}  // namespace cloudcart::recommendation::offline
