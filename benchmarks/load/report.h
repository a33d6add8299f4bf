#pragma once

#include <string>

#include "load/measurements.h"
#include "load/options.h"

namespace cloudcart::load {

/// Durations in microseconds, of requests that were sent (closed loop) or due (open loop) within the measured time.
std::string json_report(const Options& options, const Measurements& measured);
/// For people.
std::string text_report(const Options& options, const Measurements& measured);

}  // namespace cloudcart::load
