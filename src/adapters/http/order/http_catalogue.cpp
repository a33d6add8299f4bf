#include "adapters/http/order/http_catalogue.h"

#include <limits>

#include <fmt/format.h>

#include "core/json_reader.h"
#include "core/json_writer.h"

namespace cloudcart::order {
namespace {

constexpr TextRule any_text{.trimmed = false, .multiline = true};

std::string reservation_json(const TenantId& tenant, OrderId order_id,
                             const std::vector<LineRequest>& lines) {
  JsonWriter json;
  json.begin_object().field("tenant", tenant.value).field("order_id", order_id).key("lines").begin_array();
  for (const auto& [product_id, quantity] : lines)
    json.begin_object().field("product_id", product_id).field("quantity", quantity).end_object();
  json.end_array().end_object();
  return std::move(json).str();
}

PricedLine read_line(const boost::json::value& value, std::vector<FieldError>& errors) {
  FieldReader fields(value, "lines.", errors);
  PricedLine line;
  line.product_id = fields.id<ProductId>("product_id");
  line.product_name = fields.text("product_name", any_text);
  line.category_name = fields.optional_text("category_name", any_text).value_or("");
  line.price = fields.money("price", Money{}, Money{std::numeric_limits<std::int64_t>::max()});
  line.quantity = fields.integer("quantity", 1, std::numeric_limits<std::int64_t>::max());
  return line;
}

Result<std::vector<PricedLine>> read_lines(const boost::json::value& data) {
  FieldReader fields(data);
  std::vector<FieldError> errors;
  std::vector<PricedLine> lines;
  if (const auto* entries = fields.array("lines", 1, max_lines))
    for (const auto& entry : *entries) lines.push_back(read_line(entry, errors));
  // The stock is reserved, but for what, was not understood.
  if (!fields.ok() || !errors.empty())
    return fail(ErrorCode::outcome_unknown, "The reservation of the product service is not understood.");
  return lines;
}

}  // namespace

Task<Result<std::vector<PricedLine>>> HttpCatalogue::reserve(TenantId tenant, OrderId order_id,
                                                             std::vector<LineRequest> lines,
                                                             Deadline deadline) {
  auto json = reservation_json(tenant, order_id, lines);
  const auto data =
      co_await service_.post(std::move(tenant), "/internal/reservations", std::move(json), deadline);
  if (!data) {
    co_return fail(http::ServiceCaller::for_caller(
        data.error(),
        {ErrorCode::insufficient_inventory, ErrorCode::validation_failed, ErrorCode::conflict}));
  }
  co_return read_lines(*data);
}

Task<Status> HttpCatalogue::release(TenantId tenant, OrderId order_id, Deadline deadline) {
  return settle(std::move(tenant), order_id, "release", deadline);
}

Task<Status> HttpCatalogue::confirm(TenantId tenant, OrderId order_id, Deadline deadline) {
  return settle(std::move(tenant), order_id, "confirm", deadline);
}

Task<Status> HttpCatalogue::settle(TenantId tenant, OrderId order_id, std::string_view step,
                                   Deadline deadline) {
  JsonWriter json;
  json.begin_object().field("tenant", tenant.value).end_object();
  auto target = fmt::format("/internal/reservations/{}/{}", order_id.to_string(), step);
  const auto data =
      co_await service_.post(std::move(tenant), std::move(target), std::move(json).str(), deadline);
  if (!data)
    co_return fail(
        http::ServiceCaller::for_caller(data.error(), {ErrorCode::not_found, ErrorCode::conflict}));
  co_return Status{};
}

}  // namespace cloudcart::order
