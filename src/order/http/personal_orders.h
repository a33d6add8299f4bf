#pragma once

#include "order/ports/order_repository.h"
#include "privacy/personal_data.h"

namespace cloudcart::order {

/// A person's orders, newest first, each as the API has it with its history.
class PersonalOrders final : public privacy::PersonalData {
 public:
  explicit PersonalOrders(OrderRepository& orders) : orders_(orders) {}
  Task<Result<privacy::PersonalDataPage>> page(TenantId tenant, UserId user, std::string after,
                                               Deadline deadline) override;

 private:
  OrderRepository& orders_;
};

}  // namespace cloudcart::order
