#include "product/domain/reservation.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace cloudcart::product {
namespace {

constexpr std::array<std::string_view, 3> state_words{"reserved", "sold", "released"};

template <class Line>
Quantities sum(const std::vector<Line>& lines) {
  Quantities quantities;
  for (const auto& line : lines) quantities[line.product_id] += line.quantity;
  return quantities;
}

using Offers = std::map<ProductId, std::optional<ProductSummary>>;

std::vector<FieldError> unknown_products(const std::vector<LineRequest>& lines, const Offers& offers) {
  std::vector<FieldError> errors;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto& offer = offers.at(lines[i].product_id);
    if (!offer || !offer->is_active)
      errors.push_back(
          {fmt::format("items[{}].product_id", i), "is not the id of a product that can be ordered"});
  }
  return errors;
}

std::vector<FieldError> short_products(const Quantities& quantities, const Offers& offers) {
  std::vector<FieldError> errors;
  for (const auto& [id, asked] : quantities) {
    const auto available = offers.at(id)->inventory_count;
    if (available < asked)
      errors.push_back({id.to_string(), fmt::format("{} asked, {} available", asked, available)});
  }
  return errors;
}

}  // namespace

std::string_view to_string(ReservationState state) {
  return state_words[static_cast<std::size_t>(state)];
}

std::optional<ReservationState> parse_reservation_state(std::string_view word) {
  const auto found = std::ranges::find(state_words, word);
  if (found == state_words.end()) return std::nullopt;
  return static_cast<ReservationState>(found - state_words.begin());
}

Quantities sum_by_product(const std::vector<LineRequest>& lines) {
  return sum(lines);
}
Quantities sum_by_product(const std::vector<ReservedLine>& lines) {
  return sum(lines);
}

Status check_lines(const std::vector<LineRequest>& lines) {
  std::vector<FieldError> errors;
  if (lines.empty() || lines.size() > max_lines)
    errors.push_back({"items", fmt::format("must be an array of 1 to {} elements", max_lines)});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].quantity < 1 || lines[i].quantity > max_quantity)
      errors.push_back({fmt::format("items[{}].quantity", i),
                        fmt::format("must be an integer from 1 to {}", max_quantity)});
  }
  if (errors.empty()) return {};
  return fail(Error::validation(std::move(errors)));
}

Result<ReservationPlan> plan_reservation(
    const std::vector<LineRequest>& lines,
    const std::function<std::optional<ProductSummary>(ProductId)>& find) {
  ReservationPlan plan{.quantities = sum_by_product(lines)};
  Offers offers;
  for (const auto& [id, quantity] : plan.quantities) offers.emplace(id, find(id));
  if (auto unknown = unknown_products(lines, offers); !unknown.empty())
    return fail(Error::validation(std::move(unknown)));
  if (auto too_short = short_products(plan.quantities, offers); !too_short.empty())
    return fail(ErrorCode::insufficient_inventory, "There is too little stock", std::move(too_short));
  for (const auto& line : lines) {
    const auto& offer = *offers.at(line.product_id);
    plan.lines.push_back({line.product_id, offer.name, offer.category_name, offer.price, line.quantity});
  }
  return plan;
}

Result<std::vector<ReservedLine>> repeat_reservation(ReservationState state,
                                                     std::vector<ReservedLine> promised,
                                                     const std::vector<LineRequest>& asked) {
  if (state == ReservationState::released) return fail(released_already());
  const auto same = [](const ReservedLine& line, const LineRequest& request) {
    return line.product_id == request.product_id && line.quantity == request.quantity;
  };
  if (!std::ranges::equal(promised, asked, same))
    return fail(ErrorCode::conflict, "This order has reserved other products already.");
  return promised;
}

StockStep step_of(OrderStatus status) {
  switch (status) {
    case OrderStatus::pending:
      return StockStep::none;
    case OrderStatus::confirmed:
    case OrderStatus::processing:
    case OrderStatus::shipped:
    case OrderStatus::delivered:
      return StockStep::sell;
    case OrderStatus::cancelled:
      break;
  }
  return StockStep::give_back;
}

StockStep step_of(std::optional<OrderStatus> status) {
  return status ? step_of(*status) : StockStep::give_back;
}

Error released_already() {
  return {ErrorCode::conflict, "The stock of this order has been released; place a new order.", {}};
}

std::optional<Movement> way_back(ReservationState state) {
  switch (state) {
    case ReservationState::reserved:
      return Movement::release;
    case ReservationState::sold:
      return Movement::take_back;
    case ReservationState::released:
      break;
  }
  return std::nullopt;
}

}  // namespace cloudcart::product
