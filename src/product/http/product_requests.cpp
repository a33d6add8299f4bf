#include "product/http/product_requests.h"

#include "core/json_reader.h"
#include "http/query_reader.h"
#include "product/domain/product_cursor.h"
#include "product/domain/search_text.h"
#include "product/domain/web_address.h"

namespace cloudcart::product {
namespace {

constexpr TextRule name_rule{.min = min_name_length, .max = max_name_length};
constexpr TextRule description_rule{.max = max_description_length, .multiline = true};
constexpr TextRule category_rule{.min = 1, .max = max_category_length};
constexpr TextRule image_url_rule{.min = 1, .max = max_image_url_length};
constexpr TextRule sku_rule{.min = 1, .max = max_sku_length};
constexpr std::size_t max_search_length = 255;

std::optional<std::string> image_url(FieldReader& reader) {
  auto url = reader.optional_text("image_url", image_url_rule);
  if (url && !is_web_address(*url)) reader.add_error("image_url", "must be an http or https address");
  return url;
}

bool is_null(const boost::json::value& body, std::string_view name) {
  const auto* object = body.if_object();
  const auto* value = object ? object->if_contains(name) : nullptr;
  return value && value->is_null();
}

/// What `value` asks for: a text, to be empty, or nothing.
std::optional<std::optional<std::string>> or_emptied(const boost::json::value& body, std::string_view name,
                                                     std::optional<std::string> value) {
  if (value || is_null(body, name)) return value;
  return std::nullopt;
}

void check_prices(http::QueryReader& reader, const ProductQuery& query) {
  if (query.min_price > max_price) reader.add_error("minPrice", "must be at most " + max_price.to_string());
  if (query.max_price > max_price) reader.add_error("maxPrice", "must be at most " + max_price.to_string());
  if (query.min_price && query.max_price && *query.min_price > *query.max_price)
    reader.add_error("minPrice", "must not be above maxPrice");
}

}  // namespace

Result<Product> read_new_product(const boost::json::value& body) {
  FieldReader reader(body);
  Product product;
  product.name = reader.text("name", name_rule);
  product.description = reader.optional_text("description", description_rule);
  product.price = reader.money("price", min_price, max_price);
  product.category_name = reader.optional_text("category_name", category_rule);
  product.inventory_count = reader.optional_integer("inventory_count", 0, max_inventory).value_or(0);
  product.image_url = image_url(reader);
  product.sku = reader.optional_text("sku", sku_rule);
  CLOUDCART_CHECK(reader.finish());
  return product;
}

Result<ProductChange> read_product_change(const boost::json::value& body) {
  FieldReader reader(body);
  ProductChange change;
  change.name = reader.optional_text("name", name_rule);
  change.description = or_emptied(body, "description", reader.optional_text("description", description_rule));
  change.price = reader.optional_money("price", min_price, max_price);
  change.category_name =
      or_emptied(body, "category_name", reader.optional_text("category_name", category_rule));
  change.inventory_count = reader.optional_integer("inventory_count", 0, max_inventory);
  change.image_url = or_emptied(body, "image_url", image_url(reader));
  change.sku = or_emptied(body, "sku", reader.optional_text("sku", sku_rule));
  change.is_active = reader.optional_boolean("is_active");
  for (const std::string_view name : {"name", "price", "inventory_count", "is_active"}) {
    if (is_null(body, name)) reader.add_error(name, "must not be null");
  }
  if (reader.ok() && change == ProductChange{})
    reader.add_error("body", "must hold at least one field to change");
  CLOUDCART_CHECK(reader.finish());
  return change;
}

Result<ProductQuery> read_product_query(const http::Request& request) {
  http::QueryReader reader(request);
  const auto page = http::read_page(reader);
  ProductQuery query{.limit = page.limit};
  query.category = reader.text("category", {.max = max_category_length});
  if (query.category && query.category->empty()) query.category.reset();
  query.terms = search_terms(reader.text("search", {.max = max_search_length}).value_or(""));
  query.min_price = reader.money("minPrice");
  query.max_price = reader.money("maxPrice");
  check_prices(reader, query);
  const auto sort = reader.word("sortBy", {"name", "price", "created_at", "inventory_count"});
  query.sort = parse_product_sort(sort.value_or("created_at")).value();
  query.descending = reader.word("sortOrder", {"ASC", "DESC"}).value_or("DESC") == "DESC";
  if (page.cursor) {
    query.after = decode_cursor(*page.cursor, query.sort, query.descending);
    if (!query.after) reader.add_error("cursor", "must be a next_cursor of this list in the same order");
  } else {
    query.offset = page.offset();
  }
  CLOUDCART_CHECK(reader.finish());
  return query;
}

}  // namespace cloudcart::product
