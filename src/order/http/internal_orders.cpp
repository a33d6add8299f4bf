#include "order/http/internal_orders.h"

#include <fmt/format.h>

#include "http/query_reader.h"

namespace cloudcart::order {
namespace {

constexpr std::size_t most_ids = 1000;
constexpr TextRule tenant_rule{.min = 1, .max = 64};

struct Asked {
  Caller caller;
  std::vector<OrderId> ids;
};

Result<Asked> read_asked(const http::Request& request) {
  CLOUDCART_TRY(const auto body, http::json_body(request));
  FieldReader reader(body);
  Asked asked{.caller = request.caller};
  if (auto tenant = reader.optional_text("tenant", tenant_rule))
    asked.caller.tenant = TenantId{*std::move(tenant)};
  if (const auto* ids = reader.array("ids", 0, most_ids)) {
    for (std::size_t i = 0; i < ids->size(); ++i) {
      const auto* text = (*ids)[i].if_string();
      const auto id = text ? OrderId::parse(std::string_view{text->data(), text->size()}) : std::nullopt;
      if (!id) reader.add_error(fmt::format("ids[{}]", i), "must be a UUID");
      asked.ids.push_back(id.value_or(OrderId{}));
    }
  }
  CLOUDCART_CHECK(reader.finish());
  return asked;
}

}  // namespace

Task<Result<http::Response>> answer_internal_settle(CloseMissingOrders& close_missing,
                                                    http::Request& request) {
  CLOUDCART_CO_TRY(auto asked, read_asked(request));
  CLOUDCART_CO_TRY(const auto statuses, co_await close_missing(std::move(asked.caller), asked.ids));
  JsonWriter json;
  json.begin_object().key("orders").begin_array();
  for (std::size_t i = 0; i < asked.ids.size(); ++i) {
    json.begin_object().field("id", asked.ids[i]).key("status");
    statuses[i] ? json.value(to_string(*statuses[i])) : json.null();
    json.end_object();
  }
  json.end_array().end_object();
  co_return http::data_response(200, std::move(json));
}

}  // namespace cloudcart::order
