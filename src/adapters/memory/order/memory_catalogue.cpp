#include "adapters/memory/order/memory_catalogue.h"

#include <algorithm>

#include <fmt/format.h>

namespace cloudcart::order {

Status MemoryCatalogue::check(const std::vector<LineRequest>& lines) const {
  std::vector<FieldError> unknown, too_few;
  std::map<ProductId, std::int64_t> asked;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    asked[lines[i].product_id] += lines[i].quantity;
    if (!products_.contains(lines[i].product_id))
      unknown.push_back(
          {fmt::format("items[{}].product_id", i), "is not the id of a product that can be ordered"});
  }
  if (!unknown.empty()) return fail(Error::validation(std::move(unknown)));
  for (const auto& [id, quantity] : asked) {
    const auto available = products_.at(id).available;
    if (available < quantity)
      too_few.push_back({id.to_string(), fmt::format("{} asked, {} available", quantity, available)});
  }
  if (!too_few.empty())
    return fail(ErrorCode::insufficient_inventory, "There is too little stock.", std::move(too_few));
  return {};
}

bool MemoryCatalogue::same(const std::vector<PricedLine>& held, const std::vector<LineRequest>& asked) {
  return std::ranges::equal(held, asked, [](const PricedLine& line, const LineRequest& request) {
    return line.product_id == request.product_id && line.quantity == request.quantity;
  });
}

Task<Result<std::vector<PricedLine>>> MemoryCatalogue::reserve(TenantId tenant, OrderId order_id,
                                                               std::vector<LineRequest> lines, Deadline) {
  const std::pair id{std::move(tenant), order_id};
  if (const auto known = reservations_.find(id); known != reservations_.end()) {
    if (known->second.state == State::released)
      co_return fail(ErrorCode::conflict, "The stock of this order was released.");
    if (!same(known->second.lines, lines))
      co_return fail(ErrorCode::conflict, "The order has reserved other products.");
    co_return known->second.lines;
  }
  CLOUDCART_CO_CHECK(check(lines));
  auto& reservation = reservations_[id];
  for (const auto& line : lines) {
    auto& product = products_.at(line.product_id);
    product.available -= line.quantity;
    product.reserved += line.quantity;
    reservation.lines.push_back(
        {line.product_id, product.name, product.category, product.price, line.quantity});
  }
  co_return reservation.lines;
}

Task<Status> MemoryCatalogue::release(TenantId tenant, OrderId order_id, Deadline) {
  // Remembered also for an order that holds nothing: its reserve may still be on the way.
  auto& reservation = reservations_.try_emplace({std::move(tenant), order_id}).first->second;
  if (reservation.state == State::released) co_return Status{};
  for (const auto& line : reservation.lines) {
    auto& product = products_.at(line.product_id);
    (reservation.state == State::reserved ? product.reserved : product.sold) -= line.quantity;
    product.available += line.quantity;
  }
  reservation.state = State::released;
  co_return Status{};
}

Task<Status> MemoryCatalogue::confirm(TenantId tenant, OrderId order_id, Deadline) {
  const auto found = reservations_.find({std::move(tenant), order_id});
  if (found == reservations_.end()) co_return fail(Error::not_found("Reservation"));
  if (found->second.state == State::released)
    co_return fail(ErrorCode::conflict, "The stock of this order was released.");
  if (found->second.state == State::sold) co_return Status{};
  for (const auto& line : found->second.lines) {
    products_.at(line.product_id).reserved -= line.quantity;
    products_.at(line.product_id).sold += line.quantity;
  }
  found->second.state = State::sold;
  co_return Status{};
}

}  // namespace cloudcart::order
