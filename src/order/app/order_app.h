#pragma once

#include "core/time_zone.h"
#include "order/app/cancel_order.h"
#include "order/app/change_status.h"
#include "order/app/close_missing_orders.h"
#include "order/app/get_order.h"
#include "order/app/list_orders.h"
#include "order/app/order_history.h"
#include "order/app/place_order.h"

namespace cloudcart::order {

/// The use cases of the order service over what the composition root gives them.
class OrderApp {
 public:
  struct Dependencies {
    OrderRepository& orders;
    Catalogue& catalogue;
    Customers& customers;
    const Clock& clock;
    IdGenerator& ids;
    Currency currency;   ///< the shop's
    TimeZone time_zone;  ///< in which its days begin
  };

  explicit OrderApp(Dependencies with)
      : place_order(with.orders, with.catalogue, with.customers, with.clock, with.ids, with.currency),
        get_order(with.orders),
        list_orders(with.orders),
        list_user_orders(with.orders),
        order_history(with.orders),
        change_status({with.orders, with.catalogue, with.clock, with.ids}),
        cancel_order({with.orders, with.catalogue, with.clock, with.ids}),
        close_missing_orders(with.orders, with.clock),
        time_zone(std::move(with.time_zone)) {}
  OrderApp(const OrderApp&) = delete;
  OrderApp& operator=(const OrderApp&) = delete;

  PlaceOrder place_order;
  GetOrder get_order;
  ListOrders list_orders;
  ListUserOrders list_user_orders;
  OrderHistory order_history;
  ChangeStatus change_status;
  CancelOrder cancel_order;
  CloseMissingOrders close_missing_orders;
  const TimeZone time_zone;
};

}  // namespace cloudcart::order
