#pragma once

#include <filesystem>

#include "runtime/metrics.h"

namespace cloudcart::app {

/// Shows this process, under the names that all of Prometheus' clients give to a process, with the version, the memory
/// that there is for it, and the room on the disk of `data_folder`.
void measure_process(Metrics& metrics, const std::filesystem::path& data_folder);

}  // namespace cloudcart::app
