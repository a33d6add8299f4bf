#pragma once

#include "http/message.h"
#include "recommendation/app/recommend_to_users.h"
#include "recommendation/app/recommend_together.h"

namespace cloudcart::recommendation {

struct UserRequest {
  Wishes wishes;
  bool only_new = false;
};

struct BatchRequest {
  std::vector<UserId> users;
  Wishes wishes;
  bool only_new = false;
};

struct ProductsRequest {
  std::vector<ProductId> products;
  Wishes wishes;
};

/// Each fails with validation_failed naming every parameter or field that is wrong.
Result<Wishes> read_wishes(const http::Request& request, std::int64_t default_limit);
/// The same, and who is asking where nobody is signed in.
Result<Wishes> read_visitor_wishes(const http::Request& request, std::int64_t default_limit);
Result<UserRequest> read_user_request(const http::Request& request);
Result<BatchRequest> read_batch_request(const http::Request& request);
/// {"items":[{"product_id","quantity"?}]} or {"product_ids":[…]}, and wishes.
Result<ProductsRequest> read_basket_request(const http::Request& request);
/// {"viewed":[…]}, and wishes.
Result<ProductsRequest> read_session_request(const http::Request& request);

}  // namespace cloudcart::recommendation
