#include "app/operations/logging.h"

#include <spdlog/formatter.h>
#include <spdlog/sinks/base_sink.h>
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

/// Standard error, written in blocks: at a busy moment a write for each request would cost more than the
/// request's own work. Flushed by flush_log(), by every warning and at the end.
class BufferedStderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  ~BufferedStderrSink() override { write_out(); }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    formatter_->format(message, buffer_);
    if (buffer_.size() >= block_bytes) write_out();
  }
  void flush_() override { write_out(); }

 private:
  static constexpr std::size_t block_bytes = 32 << 10;

  void write_out() {
    std::fwrite(buffer_.data(), 1, buffer_.size(), stderr);
    buffer_.clear();
  }

  spdlog::memory_buf_t buffer_;
};

}  // namespace

void set_up_logging(const Config::Log& log) {
  const bool json = log.format == "json" || (log.format == "auto" && isatty(STDERR_FILENO) == 0);
  spdlog::sink_ptr sink;
  if (json) {
    sink = std::make_shared<BufferedStderrSink>();
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  auto logger = std::make_shared<spdlog::logger>("cloudcart", std::move(sink));
  if (json) {
    logger->flush_on(spdlog::level::warn);
    logger->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    logger->set_pattern("%H:%M:%S.%e %-7l %v");
  }
  logger->set_level(spdlog::level::from_str(log.level));
  spdlog::set_default_logger(std::move(logger));
}

void flush_log() {
  spdlog::default_logger()->flush();
}

}  // namespace cloudcart::app
