#include "app/operations/logging.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "core/json_writer.h"

namespace cloudcart::app {
namespace {

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string_view payload{message.payload.data(), message.payload.size()};
    const auto level = spdlog::level::to_string_view(message.level);
    JsonWriter json;
    json.begin_object().field("time", std::chrono::floor<milliseconds>(message.time));
    json.field("level", std::string_view{level.data(), level.size()});
    if (!payload.starts_with('{')) json.field("message", payload);
    json.end_object();
    std::string line = std::move(json).str();
    if (payload.starts_with('{')) {
      // The line is an object of its own: its fields join ours.
      line.back() = ',';
      line += payload.substr(1);
    }
    line += '\n';
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<formatter> clone() const override { return std::make_unique<JsonFormatter>(); }
};

}  // namespace

void set_up_logging(const Config::Log& log) {
  auto logger =
      std::make_shared<spdlog::logger>("cloudcart", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  const bool json = log.format == "json" || (log.format == "auto" && isatty(STDERR_FILENO) == 0);
  if (json) {
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    logger->set_pattern("%H:%M:%S.%e %-7l %v");
  }
  logger->set_level(spdlog::level::from_str(log.level));
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace cloudcart::app
