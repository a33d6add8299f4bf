#include "recommendation/columns/count_orders.h"

namespace cloudcart::recommendation {

bool CountOrders::operator()(const events::OrderEvent& event) {
  bool changed = false;
  for (const auto& numbered : experiments_) {
    if (numbered.tenant != event.tenant) continue;
    switch (event.status) {
      case OrderStatus::cancelled:
        changed |= take_back(numbered, event);
        break;
      case OrderStatus::shipped:
      case OrderStatus::delivered:
        changed |= count(numbered, event);
        // It cannot be cancelled any more.
        changed |= table_.take_counted(numbered.number, event.user_id, event.order_id).has_value();
        break;
      default:
        changed |= count(numbered, event);
    }
  }
  return changed;
}

bool CountOrders::count(const NumberedExperiment& numbered, const events::OrderEvent& event) {
  if (!event.is_created() || event.kind != OrderKind::sale) return false;
  const auto& experiment = numbered.experiment;
  const auto window = experiment.plan.attribution_window;
  // Nobody was exposed later than it was stopped.
  if (experiment.stopped_at && event.timestamp - *experiment.stopped_at > window) return false;
  const auto subject = Subject::customer(event.user_id);
  auto sums = table_.find_subject(numbered.number, subject);
  if (!sums || !sums->attributes(event.timestamp, window)) return false;
  const auto counted = count_order(event, window, [&](const ProductId& product) {
    return table_.find_clicked(numbered.number, subject.id, product);
  });
  if (!table_.insert_counted(numbered.number, event.user_id, event.order_id, counted)) return false;
  sums->add(counted);
  table_.put_subject(numbered.number, subject, *sums);
  return true;
}

bool CountOrders::take_back(const NumberedExperiment& numbered, const events::OrderEvent& event) {
  const auto counted = table_.take_counted(numbered.number, event.user_id, event.order_id);
  if (!counted) return false;
  const auto subject = Subject::customer(event.user_id);
  auto sums = table_.find_subject(numbered.number, subject);
  if (!sums) return true;
  sums->take_back(*counted);
  table_.put_subject(numbered.number, subject, *sums);
  return true;
}

}  // namespace cloudcart::recommendation
