#include "adapters/redis/cache/redis_cache.h"

#include <span>

#include "adapters/redis/cache/link.h"
#include "runtime/tracing.h"

namespace cloudcart {
namespace {

using redis::Answer;

MonotonicTime now() {
  return std::chrono::steady_clock::now();
}

std::unexpected<Error> not_in_use() {
  return fail(ErrorCode::unavailable, "The cache is not in use at present.");
}

std::unexpected<Error> too_late() {
  return fail(ErrorCode::deadline_exceeded, "The request's time limit was over before the cache was asked.");
}

/// After the conventions of OpenTelemetry for databases.
void describe(Span& span, std::string_view command, const ServerAddress& address) {
  if (!span.is_recorded()) return;
  span.set_name(command);
  span.set("db.system.name", "redis");
  span.set("db.operation.name", command);
  span.set("server.address", address.host);
  span.set("server.port", address.port);
}

}  // namespace

struct RedisCache::Put : redis::WriteExchange::Put {};

RedisCache::RedisCache(RedisCacheOptions options)
    : options_(std::move(options)), link_(std::make_unique<redis::Link>(options_)) {}
RedisCache::~RedisCache() = default;

bool RedisCache::is_up() const {
  return link_->is_up();
}

Task<Result<std::vector<std::optional<CacheEntry>>>> RedisCache::get(std::vector<std::string> keys,
                                                                     Deadline deadline) {
  if (keys.empty()) co_return redis::Entries{};
  if (!link_->is_up()) co_return not_in_use();
  if (now() >= deadline) co_return too_late();
  Span span(co_await current_span(), SpanKind::client, "");
  describe(span, "MGET", options_.address);
  auto answer = co_await await_value<Answer>([&](Resolver<Answer> caller) {
    link_->submit(std::make_unique<redis::GetExchange>(link_->common(), caller, std::move(keys)), deadline);
  });
  if (!answer) span.fail(to_string(answer.error().code));
  co_return answer;
}

Task<Status> RedisCache::put_if_newer(std::string key, CacheEntry entry, milliseconds time_to_live,
                                      Deadline deadline) {
  std::optional<Put> put;
  // What is not kept still keeps older ones out.
  if (entry.value.size() <= options_.max_value_bytes && time_to_live.count() > 0)
    put.emplace(Put{{std::move(entry.value), time_to_live}});
  co_return co_await write({std::move(key)}, entry.version, std::move(put), deadline);
}

Task<Status> RedisCache::erase(std::vector<std::string> keys, Version version, Deadline deadline) {
  Status status;
  const std::span rest(keys);
  constexpr auto at_once = redis::ReplayExchange::max_keys;
  for (std::size_t first = 0; first < keys.size(); first += at_once) {
    const auto some = rest.subspan(first, std::min(at_once, keys.size() - first));
    auto erased = co_await write({some.begin(), some.end()}, version, std::nullopt, deadline);
    if (!erased) status = std::move(erased);
  }
  co_return status;
}

Task<Status> RedisCache::write(std::vector<std::string> keys, Version version, std::optional<Put> put,
                               Deadline deadline) {
  auto& lost = link_->common().lost;
  const bool is_erase = !put;
  if (!link_->is_up()) {
    lost.add(keys, version);
    link_->wake();
    if (is_erase && co_await link_->make_up()) co_return Status{};
    co_return not_in_use();
  }
  if (now() >= deadline) {
    lost.add(keys, version);
    link_->wake();
    if (is_erase && co_await link_->make_up()) co_return Status{};
    co_return too_late();
  }
  Span span(co_await current_span(), SpanKind::client, "");
  describe(span, "EVALSHA", options_.address);
  auto answer = co_await await_value<Answer>([&](Resolver<Answer> caller) {
    link_->submit(std::make_unique<redis::WriteExchange>(link_->common(), caller, std::move(keys), version,
                                                         std::move(put)),
                  deadline);
  });
  if (answer) co_return Status{};
  span.fail(to_string(answer.error().code));
  link_->wake();
  if (is_erase && co_await link_->make_up()) co_return Status{};
  co_return fail(std::move(answer).error());
}

}  // namespace cloudcart
