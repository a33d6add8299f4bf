#include "product/http/stock_routes.h"

#include <fmt/format.h>

#include "http/idempotency.h"
#include "http/query_reader.h"
#include "product/domain/product_cursor.h"

namespace cloudcart::product {
namespace {

using http::Request;
using http::Response;

constexpr TextRule reason_rule{.min = min_reason_length, .max = max_reason_length};

struct HistoryRequest {
  http::Page page;
  HistoryQuery query;
};

/// A history is read on by cursor only: it has no pages that stay where they are.
Result<HistoryRequest> read_history_request(const Request& request) {
  http::QueryReader reader(request);
  HistoryRequest asked{.page = http::read_page(reader)};
  asked.query.limit = static_cast<std::size_t>(asked.page.limit);
  if (asked.page.number > 1) reader.add_error("page", "must be left out; read on by cursor");
  if (asked.page.cursor) {
    asked.query.from = decode_place(*asked.page.cursor);
    if (!asked.query.from) reader.add_error("cursor", "must be a next_cursor of this product's movements");
  }
  CLOUDCART_CHECK(reader.finish());
  return asked;
}

struct AdjustmentRequest {
  CountChange change;
  std::string reason;
  std::optional<IdempotencyKey> key;
};

CountChange read_count_change(FieldReader& reader) {
  const auto by = reader.optional_integer("change", -max_inventory, max_inventory);
  const auto to = reader.optional_integer("set_to", 0, max_inventory);
  if (by && to) reader.add_error("set_to", "must not stand beside change");
  if (by == 0) reader.add_error("change", "must not be 0");
  if (!reader.has("change") && !reader.has("set_to")) reader.add_error("change", "or set_to is required");
  if (to) return {CountChange::Kind::to, *to};
  return {CountChange::Kind::by, by.value_or(0)};
}

Result<AdjustmentRequest> read_adjustment(const Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader reader(body);
  AdjustmentRequest asked;
  asked.change = read_count_change(reader);
  asked.reason = reader.text("reason", reason_rule);
  asked.key = http::read_idempotency_key(request, reader);
  CLOUDCART_CHECK(reader.finish());
  return asked;
}

/// Into an open object.
void write_stock(JsonWriter& json, ProductId product, const Stock& stock) {
  json.field("product_id", product)
      .field("available", stock.available)
      .field("reserved", stock.reserved)
      .field("sold", stock.sold);
}

void write_movement(JsonWriter& json, const StockMovement& movement) {
  const auto change = movement.change();
  json.begin_object().field("sequence", movement.sequence).field("kind", to_string(movement.movement));
  json.key("change")
      .begin_object()
      .field("available", change.available)
      .field("reserved", change.reserved)
      .field("sold", change.sold)
      .end_object();
  json.field("order_id", movement.order_id);
  json.key("reason");
  movement.note ? json.value(movement.note->reason) : json.null();
  json.field("actor", movement.note ? movement.note->actor : std::nullopt);
  json.field("occurred_at", movement.time).end_object();
}

Task<Result<Response>> get_stock(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<ProductId>("id"));
  CLOUDCART_CO_TRY(const auto asked, read_history_request(request));
  CLOUDCART_CO_TRY(const auto history, co_await app.get_stock(request.caller, id, asked.query));
  JsonWriter json;
  json.begin_object();
  write_stock(json, id, history.stock);
  json.key("movements").begin_array();
  for (const auto& movement : history.movements) write_movement(json, movement);
  json.end_array();
  http::write_pagination(json, asked.page, history.total, history.next.transform(&encode_place));
  json.end_object();
  co_return http::data_response(200, std::move(json));
}

Task<Result<Response>> adjust_stock(ProductApp& app, Request& request) {
  CLOUDCART_CO_TRY(auto asked, read_adjustment(request));
  CLOUDCART_CO_TRY(const auto id, request.id_parameter<ProductId>("id"));
  CLOUDCART_CO_TRY(const auto adjusted,
                   co_await app.adjust_stock(request.caller, id, asked.change, std::move(asked.reason),
                                             std::move(asked.key)));
  // The reason is in the ledger; the trail says where.
  if (adjusted.movement)
    request.audit_target = fmt::format("{}/{}", id.to_string(), adjusted.movement->sequence);
  JsonWriter json;
  json.begin_object();
  write_stock(json, id, adjusted.stock);
  json.key("movement");
  adjusted.movement ? write_movement(json, *adjusted.movement) : static_cast<void>(json.null());
  json.end_object();
  co_return http::data_response(200, std::move(json),
                                adjusted.movement ? "Stock adjusted" : "Stock unchanged");
}

}  // namespace

std::vector<http::Route> stock_routes(ProductApp& app) {
  using enum http::Method;
  using enum http::Access;
  return {
      {get, "/api/products/{id}/stock", staff, [&app](Request& request) { return get_stock(app, request); }},
      {post, "/api/products/{id}/stock", staff,
       [&app](Request& request) { return adjust_stock(app, request); },
       http::Audit{"product.adjust_stock", {"change", "set_to"}}},
  };
}

}  // namespace cloudcart::product
