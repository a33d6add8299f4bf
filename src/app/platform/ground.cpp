#include "app/platform/ground.h"

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
      readers("reader", settings.runtime.reader_threads, reader_queue_bound),
      loops(make_loops(settings)),
      key_file(key_file_of(settings)),
      keys(ring_of(settings, key_file)),
      tokens(keys, clock, {.issuer = settings.auth.issuer, .audience = settings.auth.audience}) {}

Ground::~Ground() {
  readers.stop();
  for (const auto& loop : loops) loop->stop();
  for (const auto& loop : loops) loop->abandon();
}

}  // namespace cloudcart::app
