#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "core/id.h"
#include "http/client.h"

namespace cloudcart::simulate {

struct Customer {
  std::string id;
  std::string token;
};

struct ShownProduct {
  std::string id;
  std::int64_t in_stock = 0;
};

struct ShownOrder {
  std::string id;
  std::string status;
};

struct BasketLine {
  std::string product_id;
  std::int64_t quantity = 1;
};

/// The platform's API as a shop front and its staff use it. Errors are those of the answers, and unavailable
/// when nothing answers.
class ShopApi {
 public:
  explicit ShopApi(http::Client& gateway) : gateway_(gateway) {}

  Task<Status> health();
  Task<Result<Customer>> open_account(std::string email, std::string password, std::string first_name,
                                      std::string last_name);
  Task<Result<Customer>> sign_in(std::string email, std::string password);
  /// Products in stock, of one page; and how many pages there are.
  struct ProductPage {
    std::vector<ShownProduct> products;
    std::int64_t pages = 0;
  };
  Task<Result<ProductPage>> browse(std::int64_t page);
  Task<Status> look_at(std::string product_id);
  Task<Result<std::vector<std::string>>> goes_with(std::string product_id);
  Task<Result<ShownOrder>> order(Customer customer, std::vector<BasketLine> basket,
                                 std::string idempotency_key);
  Task<Status> cancel(Customer customer, std::string order_id);
  Task<Result<std::vector<ShownOrder>>> orders_with(Customer staff, std::string status);
  /// The products of which least is left, sold-out ones included.
  Task<Result<std::vector<ShownProduct>>> scarcest(std::int64_t count);
  Task<Status> restock(Customer staff, std::string product_id, std::int64_t inventory_count);
  Task<Status> move_order(Customer staff, std::string order_id, std::string status);

 private:
  struct Call;
  Task<Result<boost::json::value>> send(Call call);

  http::Client& gateway_;
};

}  // namespace cloudcart::simulate
