#pragma once

#include "app/config/config.h"

namespace cloudcart::app {

/// Sets up the process's log on standard error: JSON lines (time, level, and message or the fields of a line
/// that is an object itself), or text for people.
///
/// JSON lines are written in blocks: a long-running process calls flush_log() now and again.
void set_up_logging(const Config::Log& log);
void flush_log();

}  // namespace cloudcart::app
