#include "recommendation/http/personal_recommendations.h"

#include <fmt/format.h>

#include "core/json_writer.h"

namespace cloudcart::recommendation {
namespace {

std::string item(const Participation& part) {
  JsonWriter json;
  json.begin_object().field("kind", "experiment").field("experiment_id", part.experiment);
  json.field("name", part.name).key("variant");
  part.variant.empty() ? json.null() : json.value(part.variant);
  const auto& sums = part.sums;
  json.field("first_seen_at", sums.first_seen_at).field("impressions", sums.impressions);
  json.field("clicks", sums.clicks).field("orders", sums.orders).field("revenue", sums.revenue);
  json.end_object();
  return std::move(json).str();
}

std::string item(const std::vector<ProductId>& bought) {
  JsonWriter json;
  json.begin_object().field("kind", "profile").key("bought_products").begin_array();
  for (const auto& product : bought) json.value(product);
  json.end_array().end_object();
  return std::move(json).str();
}

}  // namespace

Task<Result<privacy::PersonalDataPage>> PersonalRecommendations::page(TenantId tenant, UserId user,
                                                                      std::string, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto parts, co_await ledger_.participations(tenant, user, deadline));
  std::vector<std::string> items;
  for (const auto& part : parts) items.push_back(item(part));
  if (recommendations_) {
    const auto bought = recommendations_->bought_by(tenant, user);
    if (!bought.empty()) items.push_back(item(bought));
  }
  co_return privacy::PersonalDataPage{.items = fmt::format("{}", fmt::join(items, ",")), .next = {}};
}

}  // namespace cloudcart::recommendation
