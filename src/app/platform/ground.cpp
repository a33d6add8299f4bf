#include "app/platform/ground.h"

#include <filesystem>
#include <fstream>

#include "auth/secret.h"

namespace cloudcart::app {
namespace {

constexpr std::size_t reader_queue_bound = 10'000;

std::vector<std::unique_ptr<EventLoop>> make_loops(const Config& config) {
  auto count = config.runtime.event_loops;
  if (count == 0) count = std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
  std::vector<std::unique_ptr<EventLoop>> loops;
  for (std::size_t i = 0; i < count; ++i)
    loops.push_back(std::make_unique<EventLoop>(fmt::format("io-{}", i)));
  return loops;
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

http::RateLimits rate_limits_of(const Config& config) {
  const auto& limits = config.limits;
  return {.per_client = limits.requests_per_client,
          .per_account = limits.requests_per_account,
          .costly_per_client = limits.costly_per_client,
          .exempt = http::AddressBlocks{limits.exempt_clients},
          .max_buckets = limits.tracked_clients};
}

std::unique_ptr<http::TlsCertificate> certificate_of(const Config& config) {
  if (config.tls.certificate.empty()) return nullptr;
  return std::make_unique<http::TlsCertificate>(config.tls.certificate, config.tls.key);
}

}  // namespace

Ground::Ground(const Config& settings)
    : config(settings),
      shop(shop_of(settings).value()),
      readers("reader", settings.runtime.reader_threads, reader_queue_bound),
      loops(make_loops(settings)),
      tokens(secret_of(settings), clock,
             {.issuer = settings.auth.issuer, .audience = settings.auth.audience}),
      rate_limiter(rate_limits_of(settings)),
      certificate(certificate_of(settings)) {}

Ground::~Ground() {
  readers.stop();
  for (const auto& loop : loops) loop->stop();
  for (const auto& loop : loops) loop->abandon();
}

}  // namespace cloudcart::app
