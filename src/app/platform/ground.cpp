#include "app/platform/ground.h"

#include <fmt/format.h>

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

std::shared_ptr<auth::KeyRing> ring_of(const Config& config, const std::optional<auth::KeyFile>& file) {
  if (!file) {
    auto keys = auth::KeySet::of_secret(config.auth.jwt_secret);
    if (!keys) throw std::runtime_error(keys.error().message);
    return std::make_shared<auth::KeyRing>(*std::move(keys));
  }
  if (config.auth.jwt_secret_file.empty()) return std::make_shared<auth::KeyRing>(file->read_or_create());
  auto keys = file->read();
  if (!keys) throw std::runtime_error(keys.error().message);
  return std::make_shared<auth::KeyRing>(*std::move(keys));
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

std::optional<auth::KeyFile> key_file_of(const Config& config) {
  if (!config.auth.jwt_secret.empty()) return std::nullopt;
  if (config.auth.jwt_secret_file.empty())
    return auth::KeyFile(config.data_dir / "jwt.secret", auth::Secrecy::owner_only);
  return auth::KeyFile(config.auth.jwt_secret_file, auth::Secrecy::as_mounted);
}

Ground::Ground(const Config& settings)
    : config(settings),
      shop(shop_of(settings).value()),
      tracing(TracingUnit::make(settings, clock, metrics)),
      readers("reader", settings.runtime.reader_threads, reader_queue_bound),
      analysts("analyst", settings.runtime.analytics_threads, reader_queue_bound),
      loops(make_loops(settings)),
      admission(std::make_unique<http::Admission>(lines_of(settings), pointers_to(loops), metrics)),
      key_file(key_file_of(settings)),
      keys(ring_of(settings, key_file)),
      tokens(keys, clock, {.issuer = settings.auth.issuer, .audience = settings.auth.audience}),
      rate_limiter(rate_limits_of(settings)),
      certificate(certificate_of(settings)) {}

events::EventTracing Ground::event_tracing(Service service) const {
  return {.tracer = tracer(service),
          .system = config.kafka.brokers.empty() ? "cloudcart" : "kafka",
          .topic_prefix = config.kafka.topic_prefix};
}

Ground::~Ground() {
  readers.stop();
  analysts.stop();
  for (const auto& loop : loops) loop->stop();
  for (const auto& loop : loops) loop->abandon();
}

}  // namespace cloudcart::app
