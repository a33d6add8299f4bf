#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/id.h"

namespace cloudcart::recommendation {

/// What is asked of a recommender.
enum class TaskKind : std::uint8_t {
  next_order,       ///< what a customer orders next; what was bought before may come again
  new_to_customer,  ///< what a customer orders next for the first time
  first_order,      ///< what somebody of whom nothing is known orders
  basket,           ///< what goes with all of some products: those of a cart, or those just viewed
  product_page,     ///< what is bought together with one product
};
constexpr std::array all_tasks{TaskKind::next_order, TaskKind::new_to_customer, TaskKind::first_order,
                               TaskKind::basket, TaskKind::product_page};
std::string_view to_string(TaskKind task);
std::optional<TaskKind> parse_task(std::string_view word);

/// The portfolio: the ways of answering. The words are part of the contract.
enum class Algorithm : std::uint8_t {
  blend,               ///< all others, weighted as the shop's own history says
  co_purchase,         ///< counts of shared orders
  local_ease,          ///< ridge regression of each product on its neighbours
  personal_frequency,  ///< what a customer buys again and again, lately above all
  discovery,           ///< what the neighbours of a customer's products add
  trending,            ///< what sells now
  popular,             ///< what sold most
  neural,              ///< an autoencoder of baskets
};
constexpr std::array all_algorithms{
    Algorithm::blend,     Algorithm::co_purchase, Algorithm::local_ease, Algorithm::personal_frequency,
    Algorithm::discovery, Algorithm::trending,    Algorithm::popular,    Algorithm::neural};
std::string_view to_string(Algorithm algorithm);
std::optional<Algorithm> parse_algorithm(std::string_view word);
/// Whether `algorithm` has an answer to `task` of its own.
bool answers(Algorithm algorithm, TaskKind task);

struct Question {
  TaskKind task = TaskKind::next_order;
  std::optional<UserId> user;       ///< for next_order and new_to_customer
  std::vector<ProductId> products;  ///< for basket and product_page; never part of the answer
  std::vector<ProductId> exclude;   ///< never part of the answer either
  std::size_t limit = 20;           ///< at least 1
  Algorithm algorithm = Algorithm::blend;
};

/// Why a product is recommended.
enum class ReasonKind : std::uint8_t {
  bought_together,      ///< with `because`
  bought_before,        ///< by the customer
  goes_with_purchases,  ///< goes with what the customer bought, `because` above all
  trending,
  popular,
};
std::string_view to_string(ReasonKind kind);

struct Reason {
  ReasonKind kind = ReasonKind::popular;
  std::optional<ProductId> because;
  bool operator==(const Reason&) const = default;
};

struct Recommendation {
  ProductId product;
  double score = 0;  ///< comparable within one answer only
  Reason reason;
  bool operator==(const Recommendation&) const = default;
};

struct Recommendations {
  std::vector<Recommendation> products;    ///< best first, equal scores in order of id
  Algorithm algorithm = Algorithm::blend;  ///< the one that answered: trending where nothing else could
};

}  // namespace cloudcart::recommendation
