#include "recommendation/http/routes.h"

#include "http/query_reader.h"
#include "recommendation/http/quality_json.h"
#include "recommendation/http/recommendation_json.h"
#include "recommendation/http/recommendation_requests.h"

namespace cloudcart::recommendation {
namespace {

using http::Access;
using http::Method;
using http::Request;
using http::Response;

constexpr std::int64_t default_popular_limit = 10, default_similar_limit = 5;

Task<Result<Response>> popular(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto wishes, read_wishes(request, default_popular_limit));
  CLOUDCART_CO_TRY(const auto answer, co_await app.recommend_popular(request.caller, std::move(wishes)));
  JsonWriter json;
  json.begin_object();
  write_popular(json, answer);
  json.end_object();
  co_return http::data_response(200, std::move(json));
}

void write_recommendations(JsonWriter& json, const Answer& answer) {
  write_answer(json, "recommendations", "score", answer, family_of(answer));
}

Task<Result<Response>> to_user(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto user, request.id_parameter<UserId>("user_id"));
  CLOUDCART_CO_TRY(auto asked, read_user_request(request));
  CLOUDCART_CO_TRY(const auto answer, co_await app.recommend_to_user(
                                          request.caller, user, std::move(asked.wishes), asked.only_new));
  JsonWriter json;
  json.begin_object().field("user_id", user);
  write_recommendations(json, answer);
  json.end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> to_users(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto asked, read_batch_request(request));
  CLOUDCART_CO_TRY(const auto answers,
                   co_await app.recommend_to_users(request.caller, std::move(asked.users),
                                                   std::move(asked.wishes), asked.only_new));
  JsonWriter json;
  json.begin_object().key("customers").begin_array();
  for (const auto& [user, answer] : answers) {
    json.begin_object().field("user_id", user);
    write_recommendations(json, answer);
    json.end_object();
  }
  json.end_array().field("count", answers.size()).end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> similar(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto product, request.id_parameter<ProductId>("product_id"));
  CLOUDCART_CO_TRY(auto wishes, read_visitor_wishes(request, default_similar_limit));
  CLOUDCART_CO_TRY(const auto answer,
                   co_await app.recommend_similar(request.caller, product, std::move(wishes)));
  JsonWriter json;
  json.begin_object().field("product_id", product);
  write_answer(json, "similar_products", "similarity", answer, item_similarity);
  json.end_object();
  co_return http::data_response(200, std::move(json));
}

Response together_response(const Answer& answer) {
  JsonWriter json;
  json.begin_object();
  write_recommendations(json, answer);
  json.end_object();
  return http::data_response(200, std::move(json));
}

Task<Result<Response>> with_basket(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto asked, read_basket_request(request));
  CLOUDCART_CO_TRY(const auto answer,
                   co_await app.recommend_together.with_basket(request.caller, std::move(asked.products),
                                                               std::move(asked.wishes)));
  co_return together_response(answer);
}

Task<Result<Response>> with_session(RecommendationApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto asked, read_session_request(request));
  CLOUDCART_CO_TRY(const auto answer,
                   co_await app.recommend_together.with_session(request.caller, std::move(asked.products),
                                                                std::move(asked.wishes)));
  co_return together_response(answer);
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

Task<Result<Response>> model_quality(RecommendationApp& app, Request& request) {
  http::QueryReader query(request);
  const auto days = query.integer("days", 30, 1, 365);
  CLOUDCART_CO_CHECK(query.finish());
  CLOUDCART_CO_TRY(const auto report, co_await app.get_quality(request.caller, static_cast<int>(days)));
  co_return http::data_response(200, quality_json(report));
}

/// What runs, or null.
void write_training(JsonWriter& json, const std::optional<Trainer::Progress>& progress) {
  json.key("training");
  if (!progress) {
    json.null();
    return;
  }
  json.begin_object().field("started_at", progress->started_at).field("phase", to_string(progress->phase));
  json.field("done", progress->done).end_object();
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
  json.field("refreshed_at", training ? training->refreshed_at : std::nullopt);
  json.field("refresh_ms", training && training->refreshed_at
                               ? std::optional(std::int64_t{training->refresh_took.count()})
                               : std::nullopt);
  json.field("restored_at", training ? training->restored_at : std::nullopt);
  json.field("snapshot_at", training ? training->snapshot_at : std::nullopt);
  json.field("model_bytes", model.size.bytes).field("algorithm", item_similarity);
  json.field("model_version", training ? training->version : 0);
  write_training(json, model.under_way);
  json.field("events_behind", model.events_behind).field("timestamp", model.at).end_object();
  return json;
}

std::vector<http::Route> recommendation_routes(RecommendationApp& app) {
  const auto to = [&app](Task<Result<Response>> (*handle)(RecommendationApp&, Request&)) {
    return [&app, handle](Request& request) { return handle(app, request); };
  };
  return http::with_priority(
      http::Priority::analytics,
      {
          {Method::get, "/api/ai/recommendations/popular", Access::anyone, to(popular)},
          {Method::get, "/api/ai/recommendations/user/{user_id}", Access::owner_or_staff, to(to_user)},
          {Method::get, "/api/ai/recommendations/product/{product_id}", Access::anyone, to(similar)},
          {Method::post, "/api/ai/recommendations/basket", Access::anyone, to(with_basket)},
          {Method::post, "/api/ai/recommendations/session", Access::anyone, to(with_session)},
          {Method::post, "/api/ai/recommendations/batch", Access::staff, to(to_users),
           http::Audit::only_reads(), http::RateClass::costly},
          {Method::post, "/api/ai/train", Access::staff, to(train), http::Audit{"model.train"},
           http::RateClass::costly},
          {Method::get, "/api/ai/model/status", Access::analysts, to(model_status)},
          {Method::get, "/api/ai/model/quality", Access::analysts, to(model_quality)},
      });
}

}  // namespace cloudcart::recommendation
