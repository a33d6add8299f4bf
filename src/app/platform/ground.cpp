#include "app/platform/ground.h"

#include <filesystem>
#include <fstream>

#include "auth/secret.h"
#include "http/admission.h"

namespace cloudcart::app {
namespace {

constexpr std::size_t reader_queue_bound = 10'000;

std::uint64_t count_loops(const Config& config) {
  if (config.runtime.event_loops > 0) return config.runtime.event_loops;
  return std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
}

std::vector<std::unique_ptr<EventLoop>> make_loops(const Config& config) {
  std::vector<std::unique_ptr<EventLoop>> loops;
  for (std::size_t i = 0; i < count_loops(config); ++i)
    loops.push_back(std::make_unique<EventLoop>(fmt::format("io-{}", i)));
  return loops;
}

std::vector<Executor*> pointers_to(const std::vector<std::unique_ptr<EventLoop>>& loops) {
  std::vector<Executor*> pointers;
  for (const auto& loop : loops) pointers.push_back(loop.get());
  return pointers;
}

http::AdmissionLines::Options lines_of(const Config& config) {
  const auto& settings = config.overload;
  const auto loops = count_loops(config);
  const auto line = [&](std::uint64_t most, milliseconds target) {
    return http::LineOptions{.most_under_way = (most + loops - 1) / loops,
                             .most_waiting = settings.max_waiting,
                             .target = target,
                             // A line must stand for longer than it may be long.
                             .interval = std::max(settings.queue_interval, 4 * target)};
  };
  return {line(0, settings.queue_target), line(settings.checkouts, settings.queue_target),
          line(settings.sign_ins, settings.sign_in_target), line(settings.requests, settings.queue_target),
          line(settings.analytics, settings.queue_target)};
}

std::string secret_of(const Config& config) {
  if (!config.auth.jwt_secret.empty()) return config.auth.jwt_secret;
  if (config.auth.jwt_secret_file.empty()) {
    std::filesystem::create_directories(config.data_dir);
    return auth::load_or_create_secret(config.data_dir);
  }
  std::ifstream file(config.auth.jwt_secret_file);
  std::string secret;
  if (!std::getline(file, secret))
    throw std::runtime_error(
        fmt::format("Cannot read the token secret from {}.", config.auth.jwt_secret_file.string()));
  if (const auto checked = auth::check_secret(secret); !checked)
    throw std::runtime_error(checked.error().message);
  return secret;
}

}  // namespace

Ground::Ground(const Config& settings)
    : config(settings),
      shop(shop_of(settings).value()),
      readers("reader", settings.runtime.reader_threads, reader_queue_bound),
      analysts("analyst", settings.runtime.analytics_threads, reader_queue_bound),
      loops(make_loops(settings)),
      admission(std::make_unique<http::Admission>(lines_of(settings), pointers_to(loops), metrics)),
      tokens(secret_of(settings), clock,
             {.issuer = settings.auth.issuer, .audience = settings.auth.audience}) {}

Ground::~Ground() {
  readers.stop();
  analysts.stop();
  for (const auto& loop : loops) loop->stop();
  for (const auto& loop : loops) loop->abandon();
}

}  // namespace cloudcart::app
