#pragma once

#include <memory>
#include <string>

#include "app/config/config.h"

namespace spdlog {
class formatter;
}

namespace cloudcart::app {

/// Whose log it is.
struct LogOrigin {
  std::string service;  ///< where a line does not say itself
  std::string host;
  std::string version;
  int process = 0;
};

/// One JSON object a line after the specification of ecs-logging: names of the Elastic Common Schema, with dots, @timestamp,
/// log.level and message first. Whatever a message holds stays within its string.
std::unique_ptr<spdlog::formatter> json_formatter(const LogOrigin& origin);
/// For people: time, level and message.
std::unique_ptr<spdlog::formatter> text_formatter();

/// Sets up the process's log on standard error, as JSON lines or text.
///
/// JSON lines are written in blocks: a long-running process calls flush_log() now and again.
void set_up_logging(const Config& config);
void flush_log();

}  // namespace cloudcart::app
