#include "app/operations/logging.h"

#include <array>
#include <climits>

#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "app/operations/version.h"
#include "core/json_writer.h"
#include "runtime/log_fields.h"

namespace cloudcart::app {
namespace {

/// Of the schema whose names and types the fields have.
constexpr std::string_view ecs_version = "8.11.0";

/// Asked of the system once for each thread, which has its name from its beginning.
const std::string& name_of_this_thread() {
  thread_local const std::string name = [] {
    std::array<char, 16> text{};
    return pthread_getname_np(pthread_self(), text.data(), text.size()) == 0 ? std::string{text.data()} : "";
  }();
  return name;
}

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// Members of an object that are the same in each line, each with a comma before it.
std::string members_of(const LogOrigin& origin) {
  JsonWriter json;
  json.begin_object().field("ecs.version", ecs_version).field("service.version", origin.version);
  json.field("host.name", origin.host).field("process.pid", origin.process).end_object();
  const auto object = std::move(json).str();
  return "," + object.substr(1, object.size() - 2);
}

class JsonFormatter final : public spdlog::formatter {
 public:
  explicit JsonFormatter(LogOrigin origin) : origin_(std::move(origin)), same_members_(members_of(origin_)) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const std::string_view payload{message.payload.data(), message.payload.size()};
    const auto fields = logged_fields(message.source.filename, payload);
    const auto level = spdlog::level::to_string_view(message.level);
    JsonWriter json;
    json.begin_object().field("@timestamp", std::chrono::floor<milliseconds>(message.time));
    json.field("log.level", std::string_view{level.data(), level.size()});
    json.field("message", fields ? fields->message : payload);
    json.field("process.thread.name", name_of_this_thread());
    if (!fields) json.field("service.name", origin_.service).field("event.dataset", "cloudcart.log");
    json.end_object();
    std::string line = std::move(json).str();
    line.pop_back();
    line += same_members_;
    if (fields) {
      line += ',';
      line += fields->fields.substr(1);
    } else {
      line += '}';
    }
    line += '\n';
    out.append(line.data(), line.data() + line.size());
  }
  std::unique_ptr<formatter> clone() const override { return std::make_unique<JsonFormatter>(origin_); }

 private:
  const LogOrigin origin_;
  const std::string same_members_;
};

/// The message without its fields.
class MessageFlag final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string_view payload{message.payload.data(), message.payload.size()};
    const auto fields = logged_fields(message.source.filename, payload);
    const auto text = fields ? fields->message : payload;
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<MessageFlag>(); }
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

LogOrigin origin_of(const Config& config) {
  const bool is_one = config.services.size() == 1;
  return {.service = is_one ? fmt::format("cloudcart-{}", to_string(*config.services.begin())) : "cloudcart",
          .host = host_name(),
          .version = std::string{version},
          .process = getpid()};
}

}  // namespace

std::unique_ptr<spdlog::formatter> json_formatter(const LogOrigin& origin) {
  return std::make_unique<JsonFormatter>(origin);
}

std::unique_ptr<spdlog::formatter> text_formatter() {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<MessageFlag>('*').set_pattern("%H:%M:%S.%e %-7l %*");
  return formatter;
}

void set_up_logging(const Config& config) {
  const auto& log = config.log;
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
    logger->set_formatter(json_formatter(origin_of(config)));
  } else {
    logger->set_formatter(text_formatter());
  }
  logger->set_level(spdlog::level::from_str(log.level));
  spdlog::set_default_logger(std::move(logger));
}

void flush_log() {
  spdlog::default_logger()->flush();
}

}  // namespace cloudcart::app
