#include "app/platform/in_process.h"

namespace cloudcart::app {
namespace {

Caller on_behalf_of(TenantId tenant, Deadline deadline) {
  return {.tenant = std::move(tenant), .deadline = deadline};
}

template <class T>
Task<Result<T>> as_span(const Tracer& tracer, std::string_view name, Task<Result<T>> task) {
  Span span(co_await current_span(), &tracer, SpanKind::internal, name);
  auto answer = co_await within(span, std::move(task));
  if (!answer) span.fail(to_string(answer.error().code));
  co_return answer;
}

/// What another service does, as a part of whose task awaits it. `name`: a literal.
template <class T>
Task<Result<T>> traced(const Tracer* tracer, std::string_view name, Task<Result<T>> task) {
  return tracer ? as_span(*tracer, name, std::move(task)) : std::move(task);
}

}  // namespace

Task<Result<std::vector<order::PricedLine>>> InProcessCatalogue::reserve(
    TenantId tenant, OrderId order_id, std::vector<order::LineRequest> lines, Deadline deadline) {
  std::vector<product::LineRequest> asked;
  for (const auto& line : lines) asked.push_back({line.product_id, line.quantity});
  CLOUDCART_CO_TRY(auto reserved,
                   co_await traced(tracer_, "reserve stock",
                                   products_.reserve_stock(on_behalf_of(std::move(tenant), deadline),
                                                           order_id, std::move(asked))));
  std::vector<order::PricedLine> priced;
  for (auto& line : reserved)
    priced.push_back({line.product_id, std::move(line.product_name), std::move(line.category_name),
                      line.price, line.quantity});
  co_return priced;
}

Task<Status> InProcessCatalogue::release(TenantId tenant, OrderId order_id, Deadline deadline) {
  return traced(tracer_, "release stock",
                products_.release_stock(on_behalf_of(std::move(tenant), deadline), order_id));
}

Task<Status> InProcessCatalogue::confirm(TenantId tenant, OrderId order_id, Deadline deadline) {
  return traced(tracer_, "confirm stock",
                products_.confirm_stock(on_behalf_of(std::move(tenant), deadline), order_id));
}

Task<Result<bool>> InProcessCustomers::exists(TenantId tenant, UserId user_id, Deadline deadline) {
  std::vector<UserId> ids{user_id};
  CLOUDCART_CO_TRY(
      const auto found,
      co_await traced(tracer_, "find account", users_.find(std::move(tenant), std::move(ids), deadline)));
  co_return !found.empty();
}

Task<Result<std::vector<std::optional<OrderStatus>>>> InProcessOrders::settle(TenantId tenant,
                                                                              std::vector<OrderId> ids,
                                                                              Deadline deadline) {
  co_return co_await close_missing_(on_behalf_of(std::move(tenant), deadline), std::move(ids));
}

Task<Result<std::vector<recommendation::AssortmentProduct>>> InProcessAssortment::find(
    TenantId tenant, std::vector<ProductId> ids, Deadline deadline) {
  CLOUDCART_CO_TRY(
      auto found,
      co_await traced(tracer_, "find products",
                      products_.find_products(on_behalf_of(std::move(tenant), deadline), std::move(ids))));
  std::vector<recommendation::AssortmentProduct> products;
  products.reserve(found.size());
  for (auto& summary : found) {
    products.push_back({.id = summary.id,
                        .name = std::move(summary.name),
                        .category = std::move(summary.category_name),
                        .is_active = summary.is_active,
                        .in_stock = summary.inventory_count > 0,
                        .price = summary.price});
  }
  co_return products;
}

Task<Result<std::vector<analytics::ProductStock>>> InProcessStock::find(TenantId tenant,
                                                                        std::vector<ProductId> ids,
                                                                        Deadline deadline) {
  CLOUDCART_CO_TRY(auto found, co_await products_.find_products(on_behalf_of(std::move(tenant), deadline),
                                                                std::move(ids)));
  std::vector<analytics::ProductStock> products;
  products.reserve(found.size());
  for (auto& summary : found)
    products.push_back({summary.id, std::move(summary.name), summary.inventory_count, summary.is_active});
  co_return products;
}

Task<Result<analytics::Totals>> InProcessLedger::totals(TenantId tenant, Deadline deadline) {
  CLOUDCART_CO_TRY(const auto books, co_await orders_.totals(std::move(tenant), deadline));
  analytics::Totals totals{.position = books.position,
                           .all = {.placed_orders = books.orders_placed,
                                   .placed_units = books.units_ordered,
                                   .gross = books.gross,
                                   .cancelled_orders = books.orders_cancelled,
                                   .cancelled_units = books.units_cancelled,
                                   .cancelled = books.cancelled},
                           .by_utc_day = {},
                           .dead_letters = {}};
  for (const auto& day : books.days)
    totals.by_utc_day[std::chrono::sys_days{day.date}] = {.gross = day.gross, .cancelled = day.cancelled};
  co_return totals;
}

}  // namespace cloudcart::app
