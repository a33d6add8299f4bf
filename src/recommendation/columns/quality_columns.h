#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "recommendation/ports/quality_ledger.h"

namespace cloudcart::recommendation {

/// How the quality of a day is a row; as experiment_columns.h.

constexpr std::string_view quality_columns =
    "day, task, cases, hits, gain, baseline_hits, baseline_gain, discordant";

/// Since 1970.
inline std::int64_t number_of(std::chrono::sys_days day) {
  return day.time_since_epoch().count();
}

/// Of quality_columns.
template <class Row>
QualityDay read_quality_day(const Row& row, const TenantId& tenant) {
  return {.tenant = tenant,
          .day = std::chrono::sys_days{std::chrono::days{row.integer(0)}},
          .task = parse_quality_task(row.text(1)).value(),
          .tally = {.cases = row.integer(2),
                    .hits = row.integer(3),
                    .gain = row.real(4),
                    .baseline_hits = row.integer(5),
                    .baseline_gain = row.real(6),
                    .discordant = row.integer(7)}};
}

/// Tasks have an order of their own, which their names have not.
inline void sort_by_day_and_task(std::vector<QualityDay>& days) {
  std::ranges::sort(days, {}, [](const QualityDay& day) { return std::pair{day.day, day.task}; });
}

}  // namespace cloudcart::recommendation
