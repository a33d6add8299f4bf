#include "recommendation/http/routes.h"

#include "http/query_reader.h"

namespace cloudcart::recommendation {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

Result<std::size_t> read_limit(const Request& request, std::int64_t fallback) {
  http::QueryReader query(request);
  const auto limit = query.integer("limit", fallback, 1, 100);
  CLOUDCART_CHECK(query.finish());
  return static_cast<std::size_t>(limit);
}

void write_products(JsonWriter& json, std::string_view list, std::string_view score,
                    const std::vector<RecommendedProduct>& products) {
  json.key(list).begin_array();
  for (const auto& product : products) {
    json.begin_object().field("product_id", product.id).field("product_name", product.name);
    json.field(score, product.score).end_object();
  }
  json.end_array().field("count", products.size());
}

Task<Result<Response>> popular(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto limit, read_limit(request, 10));
  CLOUDCART_CO_TRY(const auto products, co_await app.recommend_popular(request.caller, limit));
  JsonWriter json;
  json.begin_object().key("popular_products").begin_array();
  for (const auto& product : products) {
    json.begin_object().field("product_id", product.id).field("product_name", product.name);
    json.field("total_sold", product.sold.units).field("order_count", product.sold.orders).end_object();
  }
  json.end_array()
      .field("count", products.size())
      .field("algorithm", RecommendPopular::algorithm)
      .end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> to_user(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto user, request.id_parameter<UserId>("user_id"));
  CLOUDCART_CO_TRY(const auto limit, read_limit(request, 5));
  CLOUDCART_CO_TRY(const auto answer, co_await app.recommend_to_user(request.caller, user, limit));
  JsonWriter json;
  json.begin_object().field("user_id", user);
  write_products(json, "recommendations", "score", answer.products);
  json.field("algorithm", answer.algorithm);
  if (answer.impression) json.field("impression", *answer.impression);
  json.end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> similar(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto product, request.id_parameter<ProductId>("product_id"));
  CLOUDCART_CO_TRY(const auto limit, read_limit(request, 5));
  CLOUDCART_CO_TRY(const auto products, co_await app.recommend_similar(request.caller, product, limit));
  JsonWriter json;
  json.begin_object().field("product_id", product);
  write_products(json, "similar_products", "similarity", products);
  json.field("algorithm", RecommendSimilar::algorithm).end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> train(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto started, co_await app.train_model(request.caller));
  JsonWriter json;
  json.begin_object().field("timestamp", started.at).end_object();
  co_return http::data_response(
      202, std::move(json), started.by_this_call ? "Training started" : "A training is under way already");
}

Task<Result<Response>> model_status(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto model, co_await app.describe_model(request.caller));
  co_return http::data_response(200, model_status_json(model));
}

}  // namespace

JsonWriter model_status_json(const ModelDescription& model) {
  const auto& training = model.training;
  JsonWriter json;
  json.begin_object().field("is_trained", training.has_value());
  json.field("products_count", model.size.products).field("users_count", model.size.users);
  json.field("orders_count", model.size.orders).field("interactions_count", model.size.order_lines);
  json.field("trained_at", training.transform([](const Training& last) { return last.finished_at; }));
  json.field("training_ms",
             training.transform([](const Training& last) { return std::int64_t{last.took.count()}; }));
  json.field("model_bytes", model.size.bytes).field("algorithm", RecommendSimilar::algorithm);
  json.field("model_version", training ? training->version : 0);
  json.field("events_behind", model.events_behind).field("timestamp", model.at).end_object();
  return json;
}

std::vector<http::Route> recommendation_routes(RecommendationApp& app) {
  return {
      {Method::get, "/api/ai/recommendations/popular", Access::anyone,
       [&app](Request& request) { return popular(app, request); }},
      {Method::get, "/api/ai/recommendations/user/{user_id}", Access::owner_or_staff,
       [&app](Request& request) { return to_user(app, request); }},
      {Method::get, "/api/ai/recommendations/product/{product_id}", Access::anyone,
       [&app](Request& request) { return similar(app, request); }},
      {Method::post, "/api/ai/train", Access::staff,
       [&app](Request& request) { return train(app, request); }},
      {Method::get, "/api/ai/model/status", Access::analysts,
       [&app](Request& request) { return model_status(app, request); }},
  };
}

}  // namespace cloudcart::recommendation
