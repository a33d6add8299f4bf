#include "simulation/context.h"

namespace cloudcart::simulation {
namespace {

FaultRates draw_rates(Random& random) {
  constexpr std::array<std::uint32_t, 4> levels{5, 20, 60, 200};
  const auto draw = [&]() -> std::uint32_t {
    return random.percent(45) ? levels[random.below(levels.size())] : 0;
  };
  return {
      .refused = draw(), .request_lost = draw(), .answer_lost = draw(), .repeated = draw(), .slow = draw()};
}

bool is_zero(const FaultRates& rates) {
  return rates.refused + rates.request_lost + rates.answer_lost + rates.repeated + rates.slow == 0;
}

}  // namespace

Plan Plan::draw(Random& random) {
  Plan plan;
  plan.distributed = random.percent(50);
  plan.broker = random.percent(50);
  plan.reservation_timeout = std::chrono::minutes{15};
  if (random.percent(10)) return plan;
  for (auto& rates : plan.faults)
    if (random.percent(55)) rates = draw_rates(random);
  plan.crashes = random.percent(60) ? random.below(4) : 0;
  plan.clock_moves = random.percent(20) ? 1 + random.below(5) : 0;
  constexpr std::array timeouts{milliseconds{300}, milliseconds{3'000}, milliseconds{60'000}};
  const auto &orders = plan.at(Port::order_store), &stock = plan.at(Port::stock_store);
  plan.must_compensate = plan.crashes == 0 && plan.clock_moves == 0 && plan.is_flawless(Port::stock_store) &&
                         stock.slow == 0 && plan.is_flawless(Port::service_wire) &&
                         orders.request_lost == 0 && orders.answer_lost == 0;
  if (!plan.must_compensate) plan.reservation_timeout = timeouts[random.below(timeouts.size())];
  plan.calm = plan.crashes == 0;
  for (const auto& rates : plan.faults) plan.calm = plan.calm && is_zero(rates);
  return plan;
}

bool Plan::is_flawless(Port port) const {
  const auto& rates = at(port);
  return rates.refused + rates.request_lost + rates.answer_lost == 0;
}

Uuid SeededIds::next() {
  Uuid id;
  const auto ms = to_unix_ms(clock_.now());
  const auto bits = random_.next();
  ++count_;
  for (int i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>(0x70 | (count_ >> 8 & 0x0F));
  id.bytes[7] = static_cast<std::uint8_t>(count_);
  for (int i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<std::uint8_t>(bits >> (56 - 8 * i));
  id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3F));
  return id;
}

}  // namespace cloudcart::simulation
