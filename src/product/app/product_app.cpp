#include "product/app/product_app.h"

namespace cloudcart::product {

ProductApp::ProductApp(const Dependencies& to)
    : cache_(to.cache, to.cache_time_to_live),
      create_product(to.products, cache_, to.clock, to.ids),
      update_product(to.products, cache_, to.clock),
      deactivate_product(update_product),
      import_products(to.products, cache_),
      get_product(to.products, cache_),
      list_products(to.products, cache_),
      list_categories(to.products, cache_),
      find_products(to.products, cache_),
      reserve_stock(to.stock, cache_, to.clock),
      release_stock(to.stock, cache_, to.clock),
      confirm_stock(to.stock, to.clock),
      get_stock(to.ledger),
      adjust_stock(to.ledger, cache_, to.clock),
      inventory_consumer(to.stock, cache_),
      settle_reservations(
          to.stock, to.orders, cache_, to.clock,
          {.timeout = to.reservation_timeout, .placed_by_the_dead_before = to.placed_by_the_dead_before}) {}

}  // namespace cloudcart::product
