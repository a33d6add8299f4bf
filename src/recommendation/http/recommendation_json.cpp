#include "recommendation/http/recommendation_json.h"

namespace cloudcart::recommendation {
namespace {

void write_reason(JsonWriter& json, const RecommendedProduct& recommended) {
  const auto& reason = recommended.reason;
  json.key("reason").begin_object().field("kind", to_string(reason.kind));
  json.field("text", reason_text(recommended));
  if (reason.because && !recommended.because_name.empty()) {
    json.key("because").begin_object().field("product_id", *reason.because);
    json.field("product_name", recommended.because_name).end_object();
  }
  json.end_object();
}

}  // namespace

void write_answer(JsonWriter& json, std::string_view list, std::string_view score, const Answer& answer,
                  std::string_view algorithm) {
  json.key(list).begin_array();
  for (const auto& recommended : answer.products) {
    const auto& product = recommended.product;
    json.begin_object().field("product_id", product.id).field("product_name", product.name);
    json.field(score, recommended.score);
    write_reason(json, recommended);
    json.end_object();
  }
  json.end_array().field("count", answer.products.size());
  json.field("algorithm", algorithm).field("method", to_string(answer.algorithm));
  json.field("model_version", answer.model_version);
  if (answer.impression) json.field("impression", *answer.impression);
}

std::string_view family_of(const Answer& answer) {
  return answer.is_common() ? to_string(Algorithm::trending) : item_similarity;
}

void write_popular(JsonWriter& json, const PopularAnswer& answer) {
  json.key("popular_products").begin_array();
  for (const auto& [recommended, sold] : answer.products) {
    const auto& product = recommended.product;
    json.begin_object().field("product_id", product.id).field("product_name", product.name);
    json.field("total_sold", sold.units).field("order_count", sold.orders);
    write_reason(json, recommended);
    json.end_object();
  }
  json.end_array().field("count", answer.products.size());
  json.field("algorithm", popularity_based).field("method", to_string(Algorithm::popular));
  json.field("model_version", answer.model_version);
}

}  // namespace cloudcart::recommendation
