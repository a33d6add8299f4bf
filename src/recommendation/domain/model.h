#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <vector>

#include "core/fair_shared_mutex.h"
#include "events/order_event.h"
#include "recommendation/domain/co_purchases.h"
#include "recommendation/domain/order_book.h"
#include "recommendation/domain/question.h"
#include "recommendation/domain/sales.h"

namespace cloudcart::recommendation {

struct ModelOptions {
  std::size_t neighbours = 100;       ///< of each product a customer bought, those that count
  std::size_t basket_products = 256;  ///< of an order, those that are paired
  std::size_t history_products = 50;  ///< of a customer, the most recently bought ones
  std::size_t history_orders = 100;   ///< of a customer, the newest ones that are looked at
};

struct ScoredProduct {
  ProductId product;
  double score = 0;
  bool operator==(const ScoredProduct&) const = default;
};

struct PopularProduct {
  ProductId product;
  Popularity sold;
  bool operator==(const PopularProduct&) const = default;
};

struct ModelSize {
  std::uint64_t products = 0;     ///< with orders that stand
  std::uint64_t users = 0;        ///< likewise
  std::uint64_t orders = 0;       ///< that stand
  std::uint64_t order_lines = 0;  ///< of these orders, a product counted once in each
  std::uint64_t bytes = 0;        ///< estimated from what the containers have allocated
};

/// What a shop's orders say about its products and customers, by item-to-item collaborative filtering on
/// orders (Sarwar et al., WWW 2001; Linden, Smith and York, IEEE Internet Computing 2003): two products are
/// as similar as the cosine of the sets of orders that hold them, sim(i,j) = c_ij / sqrt(c_i · c_j).
///
/// The counts are the model. They are exact integers and similarities are made from them when asked, so an
/// order changes what its products recommend at once, a model that learnt event by event equals one counted
/// from scratch, and neither the order in which events come nor repeated ones make a difference. Equal scores
/// stand in order of product id. Limits are at least 1.
///
/// Safe between threads. Queries share a lock; apply() takes it for the order's own facts and then for one
/// row of counts at a time, so that nobody waits longer than that. In between a query may see part of an
/// order's pairs.
class Model {
 public:
  explicit Model(ModelOptions options);
  /// Counts a whole book: much faster than applying its events, with the same outcome.
  Model(OrderBook book, ModelOptions options);

  void apply(const events::OrderEvent& event);

  /// Products that are bought together with `product`, closest first.
  std::vector<ScoredProduct> similar(ProductId product, std::size_t limit) const;

  /// What fits a customer's orders, best first; empty without orders. A product's score is the sum of its
  /// similarities to what the customer bought, itself included (a product's similarity to itself is 1, so
  /// what is bought again and again ranks high); every purchase counts half as much per 60 days it lies
  /// before the customer's newest one.
  std::vector<ScoredProduct> for_user(UserId user, std::size_t limit) const;

  /// Most units sold first; products of which no unit is left after cancellations and credit notes are not
  /// among them.
  std::vector<PopularProduct> popular(std::size_t limit) const;

  /// What sells now: the orders that hold a product, each counting half per 14 days it lies before the newest
  /// event.
  std::vector<ScoredProduct> trending(std::size_t limit) const;

  /// Answers by the algorithm that is asked for, or by trending where it has nothing to say.
  Recommendations recommend(const Question& question) const;

  ModelSize size() const;

 private:
  struct Candidate {
    double score;
    std::uint32_t product;
  };
  struct Interest {
    std::uint32_t product;
    double weight;
  };

  OrderBook::Change record(const events::OrderEvent& event);
  void count_sales(OrderBook::Change change);
  void count_pairs(std::uint32_t order, int sign);

  std::vector<Candidate> neighbours(std::uint32_t product, std::size_t limit) const;
  std::vector<Interest> interests(std::uint32_t user) const;
  void keep_best(std::vector<Candidate>& candidates, std::size_t limit) const;
  std::vector<ScoredProduct> ranked(std::vector<Candidate> candidates, std::size_t limit) const;
  bool is_better(const Candidate& a, const Candidate& b) const;

  const ModelOptions options_;
  std::mutex writer_;  ///< held for a whole apply(); taken before access_
  mutable FairSharedMutex access_;
  OrderBook book_;
  Sales sales_;
  CoPurchases pairs_;
};

}  // namespace cloudcart::recommendation
