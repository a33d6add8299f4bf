#include "app/platform/import_sink.h"

namespace cloudcart::app {
namespace {

product::Product product_of(history::ImportedProduct imported) {
  return {.id = imported.id,
          .name = std::move(imported.name),
          .description = std::nullopt,
          .price = imported.price,
          .category_name = std::move(imported.category_name),
          .inventory_count = imported.inventory_count,
          .image_url = std::nullopt,
          .sku = std::move(imported.sku),
          .created_at = imported.created_at,
          .updated_at = imported.created_at};
}

user::User user_of(const TenantId& tenant, history::ImportedCustomer imported) {
  return {.tenant = tenant,
          .id = imported.id,
          .email = std::move(imported.email),
          .first_name = std::move(imported.first_name),
          .last_name = std::move(imported.last_name),
          .role = Role::customer,
          .password_hash = {},
          .rights_since = imported.created_at,
          .created_at = imported.created_at,
          .updated_at = imported.created_at};
}

order::ImportedOrder order_of(const TenantId& tenant, Currency currency, history::ImportedOrder imported) {
  order::Order order{.id = imported.id,
                     .tenant = tenant,
                     .user_id = imported.user_id,
                     .kind = imported.kind,
                     .total = imported.total,
                     .currency = currency,
                     .shipping_address = std::move(imported.shipping_address),
                     .created_at = imported.created_at};
  for (auto& line : imported.lines) {
    order.lines.push_back({line.product_id, std::move(line.product_name), std::move(line.category_name),
                           line.quantity, line.price, line.subtotal});
  }
  std::vector<order::ImportedStep> steps;
  for (const auto& event : imported.events) steps.push_back({event.id, event.status, event.at});
  return order::imported(std::move(order), steps);
}

}  // namespace

Task<Result<std::size_t>> StoreImportSink::products(TenantId tenant,
                                                    std::vector<history::ImportedProduct> batch,
                                                    Deadline deadline) {
  std::vector<product::Product> products;
  products.reserve(batch.size());
  for (auto& imported : batch) products.push_back(product_of(std::move(imported)));
  CLOUDCART_CO_TRY(const auto added,
                   co_await products_.import_products(std::move(tenant), std::move(products), deadline));
  co_return added.value;
}

Task<Result<std::size_t>> StoreImportSink::customers(TenantId tenant,
                                                     std::vector<history::ImportedCustomer> batch,
                                                     Deadline deadline) {
  std::vector<user::User> users;
  users.reserve(batch.size());
  for (auto& imported : batch) users.push_back(user_of(tenant, std::move(imported)));
  co_return co_await users_.import_users(std::move(users), deadline);
}

Task<Result<std::size_t>> StoreImportSink::orders(TenantId tenant, std::vector<history::ImportedOrder> batch,
                                                  Deadline deadline) {
  std::vector<order::ImportedOrder> orders;
  orders.reserve(batch.size());
  for (auto& imported : batch) orders.push_back(order_of(tenant, currency_, std::move(imported)));
  co_return co_await orders_.import_orders(std::move(orders), deadline);
}

}  // namespace cloudcart::app
