#include "recommendation/http/recommendation_requests.h"

#include <fmt/format.h>

#include "http/query_reader.h"

namespace cloudcart::recommendation {
namespace {

constexpr std::int64_t max_limit = 100;
constexpr std::int64_t default_personal_limit = 5;
constexpr std::int64_t max_quantity = 1'000'000'000;
constexpr TextRule category_rule{.max = 100};
constexpr Money max_price{9'999'999'999};  // of a product

/// As with lists of products, an empty category is none.
std::optional<std::string> unless_empty(std::optional<std::string> text) {
  return text && text->empty() ? std::nullopt : std::move(text);
}

bool is_reversed(const Wishes& wishes) {
  return wishes.min_price && wishes.max_price && *wishes.max_price < *wishes.min_price;
}

Wishes read_query(http::QueryReader& query, std::int64_t default_limit) {
  Wishes wishes;
  wishes.limit = static_cast<std::size_t>(query.integer("limit", default_limit, 1, max_limit));
  wishes.exclude = query.ids<ProductId>("exclude", Wishes::max_exclude);
  wishes.category = unless_empty(query.text("category", category_rule));
  wishes.min_price = query.money("minPrice");
  wishes.max_price = query.money("maxPrice");
  wishes.diversity = query.number("diversity", 0, 0, 1);
  if (is_reversed(wishes)) query.add_error("maxPrice", "must not be less than minPrice");
  return wishes;
}

Wishes read_fields(FieldReader& fields) {
  Wishes wishes;
  wishes.limit = static_cast<std::size_t>(
      fields.optional_integer("limit", 1, max_limit).value_or(default_personal_limit));
  if (fields.has("exclude")) wishes.exclude = fields.ids<ProductId>("exclude", 0, Wishes::max_exclude);
  wishes.category = unless_empty(fields.optional_text("category", category_rule));
  wishes.min_price = fields.optional_money("min_price", Money{}, max_price);
  wishes.max_price = fields.optional_money("max_price", Money{}, max_price);
  wishes.diversity = fields.optional_number("diversity", 0, 1).value_or(0);
  if (is_reversed(wishes)) fields.add_error("max_price", "must not be less than min_price");
  return wishes;
}

Wishes read_visitor_fields(FieldReader& fields) {
  auto wishes = read_fields(fields);
  if (fields.has("visitor_id")) wishes.visitor = fields.id<VisitorId>("visitor_id");
  return wishes;
}

std::vector<ProductId> read_items(FieldReader& fields) {
  std::vector<ProductId> products;
  std::vector<FieldError> errors;
  if (const auto* items = fields.array("items", 1, RecommendTogether::max_products)) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      FieldReader item((*items)[i], fmt::format("items[{}].", i), errors);
      products.push_back(item.id<ProductId>("product_id"));
      item.optional_integer("quantity", 1, max_quantity);
    }
  }
  for (auto& error : errors) fields.add_error(error.field, std::move(error.message));
  return products;
}

}  // namespace

Result<Wishes> read_wishes(const http::Request& request, std::int64_t default_limit) {
  http::QueryReader query(request);
  auto wishes = read_query(query, default_limit);
  CLOUDCART_CHECK(query.finish());
  return wishes;
}

Result<Wishes> read_visitor_wishes(const http::Request& request, std::int64_t default_limit) {
  http::QueryReader query(request);
  auto wishes = read_query(query, default_limit);
  if (const auto visitor = query.ids<VisitorId>("visitor_id", 1); !visitor.empty())
    wishes.visitor = visitor.front();
  CLOUDCART_CHECK(query.finish());
  return wishes;
}

Result<UserRequest> read_user_request(const http::Request& request) {
  http::QueryReader query(request);
  UserRequest asked{.wishes = read_query(query, default_personal_limit),
                    .only_new = query.boolean("new_only", false)};
  CLOUDCART_CHECK(query.finish());
  return asked;
}

Result<BatchRequest> read_batch_request(const http::Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader fields(body);
  BatchRequest asked{.users = fields.ids<UserId>("user_ids", 1, RecommendToUsers::max_users),
                     .wishes = read_fields(fields),
                     .only_new = fields.optional_boolean("new_only").value_or(false)};
  if (asked.users.size() * asked.wishes.limit > RecommendToUsers::max_products)
    fields.add_error("limit", fmt::format("times the number of user_ids must be at most {}",
                                          RecommendToUsers::max_products));
  CLOUDCART_CHECK(fields.finish());
  return asked;
}

Result<ProductsRequest> read_basket_request(const http::Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader fields(body);
  ProductsRequest asked;
  const bool by_ids = fields.has("product_ids");
  if (by_ids) asked.products = fields.ids<ProductId>("product_ids", 1, RecommendTogether::max_products);
  if (!by_ids || fields.has("items")) asked.products = read_items(fields);
  if (by_ids && fields.has("items")) fields.add_error("product_ids", "must not stand beside items");
  asked.wishes = read_visitor_fields(fields);
  CLOUDCART_CHECK(fields.finish());
  return asked;
}

Result<ProductsRequest> read_session_request(const http::Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader fields(body);
  ProductsRequest asked;
  asked.products = fields.ids<ProductId>("viewed", 1, RecommendTogether::max_products);
  asked.wishes = read_visitor_fields(fields);
  CLOUDCART_CHECK(fields.finish());
  return asked;
}

}  // namespace cloudcart::recommendation
