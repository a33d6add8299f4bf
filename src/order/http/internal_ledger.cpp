#include "order/http/internal_ledger.h"

#include "http/query_reader.h"

namespace cloudcart::order {
namespace {

constexpr TextRule tenant_rule{.min = 1, .max = 64};

Result<TenantId> read_tenant(const http::Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader reader(body);
  auto tenant = reader.optional_text("tenant", tenant_rule);
  CLOUDCART_CHECK(reader.finish());
  return tenant ? TenantId{*std::move(tenant)} : request.caller.tenant;
}

JsonWriter totals_json(const LedgerTotals& totals) {
  JsonWriter json;
  json.begin_object().field("position", totals.position).field("orders_placed", totals.orders_placed);
  json.field("orders_cancelled", totals.orders_cancelled).field("credit_notes", totals.credit_notes);
  json.field("units_ordered", totals.units_ordered).field("units_cancelled", totals.units_cancelled);
  json.field("gross", totals.gross).field("cancelled", totals.cancelled).key("days").begin_array();
  for (const auto& day : totals.days) {
    json.begin_object().field("date", to_date_string(day.date)).field("gross", day.gross);
    json.field("cancelled", day.cancelled).end_object();
  }
  json.end_array().end_object();
  return json;
}

Task<Result<http::Response>> answer_ledger(OrderLedger& ledger, http::Request& request) {
  CLOUDCART_CO_TRY(auto tenant, read_tenant(request));
  CLOUDCART_CO_TRY(const auto totals, co_await ledger.totals(std::move(tenant), request.caller.deadline));
  co_return http::data_response(200, totals_json(totals));
}

}  // namespace

std::vector<http::Route> ledger_routes(OrderLedger& ledger) {
  return {{http::Method::post, "/internal/orders/ledger", http::Access::service,
           [&ledger](http::Request& request) { return answer_ledger(ledger, request); },
           http::Priority::analytics}};
}

}  // namespace cloudcart::order
