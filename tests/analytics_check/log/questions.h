#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "analytics/domain/cube.h"
#include "core/time_zone.h"
#include "events/event_log.h"

namespace cloudcart::analytics {

/// What can be asked about in a log: who and what it names, and its days.
struct Named {
  std::vector<Member> products, categories, customers;  ///< each once, in order
  Extent extent;
};
Named named_in(const std::vector<events::LogRecord>& log);

struct Asked {
  std::string about;  ///< in words, for who reads of a difference
  CubeQuery query;
};

/// Every dimension and many pairs, in several time zones, of all figures: over all days, and over the days around each
/// change of the clocks.
std::vector<Asked> fixed_questions(const Named& named);

/// Whatever a query can say, at random.
std::vector<Asked> random_questions(const Named& named, std::mt19937& random, std::size_t count);

/// The zones of the questions.
const std::vector<TimeZone>& zones();

}  // namespace cloudcart::analytics
