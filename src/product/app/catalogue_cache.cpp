#include "product/app/catalogue_cache.h"

#include <fmt/format.h>

#include "product/app/summary_codec.h"

namespace cloudcart::product {
namespace {

std::string product_key(const TenantId& tenant, ProductId id) {
  return fmt::format("product/{}/{}", tenant.value, id.to_string());
}
/// Made by hand: a recommendation looks a dozen of these up.
std::string summary_key(const TenantId& tenant, ProductId id) {
  constexpr std::string_view kind = "product-summary/";
  constexpr std::size_t id_length = 36;
  std::string key;
  key.reserve(kind.size() + tenant.value.size() + 1 + id_length);
  key.append(kind).append(tenant.value).push_back('/');
  id.value.append_to(key);
  return key;
}
std::string listing_key(const TenantId& tenant, std::string_view name) {
  return fmt::format("listing/{}/{}", tenant.value, name);
}
/// Its version is the number of the shop's last change; its value says nothing.
std::string last_change_key(const TenantId& tenant) {
  return fmt::format("catalogue/{}", tenant.value);
}

}  // namespace

Task<Result<std::string>> CatalogueCache::fetch(std::string key, Look look, Load load, Deadline deadline) {
  if (auto hit = co_await look()) co_return *std::move(hit);
  const auto turn = co_await flights_.enter(key);
  if (!turn.leads()) {
    if (auto hit = co_await look()) co_return *std::move(hit);
  }
  auto loaded = co_await load();
  if (!loaded) co_return fail(std::move(loaded).error());
  (void)co_await cache_.put_if_newer(key, {loaded->value, loaded->as_of}, time_to_live_, deadline);
  co_return std::move(loaded->value);
}

Task<std::optional<std::string>> CatalogueCache::look_up(std::string key, Deadline deadline) {
  auto entries = co_await cache_.get({std::move(key)}, deadline);
  if (!entries || !entries->front()) co_return std::nullopt;
  co_return std::move(entries->front()->value);
}

Task<Result<std::string>> CatalogueCache::product(TenantId tenant, ProductId id, Load load,
                                                  Deadline deadline) {
  auto key = product_key(tenant, id);
  const Look look = [this, key, deadline] { return look_up(key, deadline); };
  co_return co_await fetch(std::move(key), look, std::move(load), deadline);
}

Task<std::optional<std::string>> CatalogueCache::look_up_listing(TenantId tenant, std::string key,
                                                                 Deadline deadline) {
  auto entries = co_await cache_.get({last_change_key(tenant), std::move(key)}, deadline);
  if (!entries) co_return std::nullopt;
  const auto& last_change = entries->at(0);
  auto& entry = entries->at(1);
  if (!last_change || !entry || entry->version < last_change->version) co_return std::nullopt;
  co_return std::move(entry->value);
}

Task<Result<AsOf<std::string>>> CatalogueCache::load_listing(TenantId tenant, Load load, Deadline deadline) {
  auto loaded = co_await load();
  if (!loaded) co_return loaded;
  // Where the last change is not known, any number that the listing knows of serves: the shop's last change
  // is not above it, or the cache refuses it.
  auto known = co_await cache_.get({last_change_key(tenant)}, deadline);
  if (known && !known->front())
    (void)co_await cache_.put_if_newer(last_change_key(tenant), {"", loaded->as_of}, time_to_live_, deadline);
  co_return loaded;
}

Task<Result<std::string>> CatalogueCache::listing(TenantId tenant, std::string name, Load load,
                                                  Deadline deadline) {
  auto key = listing_key(tenant, name);
  const Look look = [this, tenant, key, deadline] { return look_up_listing(tenant, key, deadline); };
  const Load load_and_note = [this, tenant, &load, deadline] { return load_listing(tenant, load, deadline); };
  co_return co_await fetch(std::move(key), look, load_and_note, deadline);
}

Task<std::vector<std::optional<ProductSummary>>> CatalogueCache::summaries(TenantId tenant,
                                                                           std::vector<ProductId> ids,
                                                                           Deadline deadline) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const auto& id : ids) keys.push_back(summary_key(tenant, id));
  const auto entries = co_await cache_.get(std::move(keys), deadline);
  std::vector<std::optional<ProductSummary>> summaries(ids.size());
  for (std::size_t i = 0; entries && i < ids.size(); ++i) {
    if (const auto& entry = (*entries)[i]) summaries[i] = decode_summary(ids[i], entry->value);
  }
  co_return summaries;
}

Task<void> CatalogueCache::keep_summary(TenantId tenant, ProductSummary summary, ChangeNumber as_of,
                                        Deadline deadline) {
  (void)co_await cache_.put_if_newer(summary_key(tenant, summary.id), {encode_summary(summary), as_of},
                                     time_to_live_, deadline);
}

Task<void> CatalogueCache::forget(TenantId tenant, std::vector<ProductId> ids, ChangeNumber number,
                                  Deadline deadline) {
  std::vector<std::string> keys;
  for (const auto& id : ids) {
    keys.push_back(product_key(tenant, id));
    keys.push_back(summary_key(tenant, id));
  }
  keys.push_back(last_change_key(tenant));
  (void)co_await cache_.erase(std::move(keys), number, deadline);
}

}  // namespace cloudcart::product
