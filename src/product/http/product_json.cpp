#include "product/http/product_json.h"

#include "http/query_reader.h"
#include "product/domain/product_cursor.h"

namespace cloudcart::product {
namespace {

void write_product(JsonWriter& json, const Product& product) {
  json.begin_object()
      .field("id", product.id)
      .field("name", product.name)
      .field("description", product.description)
      .field("price", product.price)
      .field("category_name", product.category_name)
      .field("inventory_count", product.inventory_count)
      .field("image_url", product.image_url)
      .field("sku", product.sku)
      .field("is_active", product.is_active)
      .field("created_at", product.created_at)
      .field("updated_at", product.updated_at)
      .end_object();
}

std::string cursor_of(const ProductQuery& query, const SortPosition& position) {
  return encode_cursor(query.sort, query.descending, position);
}

}  // namespace

std::string render_product(const Product& product) {
  JsonWriter json;
  json.begin_object().key("product");
  write_product(json, product);
  json.end_object();
  return std::move(json).str();
}

std::string render_page(const ProductQuery& query, const ProductPage& page) {
  JsonWriter json;
  json.begin_object().key("products").begin_array();
  for (const auto& product : page.products) write_product(json, product);
  json.end_array();
  http::Page asked{.number = query.offset / query.limit + 1, .limit = query.limit};
  if (query.after) asked.cursor = cursor_of(query, *query.after);
  std::optional<std::string> next;
  if (page.has_more) next = cursor_of(query, position_of(page.products.back(), query.sort));
  http::write_pagination(json, asked, page.total, next);
  json.end_object();
  return std::move(json).str();
}

std::string render_categories(const std::vector<std::string>& categories) {
  JsonWriter json;
  json.begin_object().key("categories").begin_array();
  for (const auto& category : categories) json.value(category);
  json.end_array().end_object();
  return std::move(json).str();
}

JsonWriter summaries_json(const std::vector<ProductSummary>& products) {
  JsonWriter json;
  json.begin_object().key("products").begin_array();
  for (const auto& product : products) {
    json.begin_object()
        .field("id", product.id)
        .field("name", product.name)
        .field("category_name", product.category_name)
        .field("price", product.price)
        .field("is_active", product.is_active)
        .field("inventory_count", product.inventory_count)
        .end_object();
  }
  json.end_array().end_object();
  return json;
}

JsonWriter lines_json(const std::vector<ReservedLine>& lines) {
  JsonWriter json;
  json.begin_object().key("lines").begin_array();
  for (const auto& line : lines) {
    json.begin_object()
        .field("product_id", line.product_id)
        .field("product_name", line.product_name)
        .field("category_name", line.category_name)
        .field("price", line.price)
        .field("quantity", line.quantity)
        .end_object();
  }
  json.end_array().end_object();
  return json;
}

}  // namespace cloudcart::product
