#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/epochs.h"
#include "events/order_event.h"
#include "recommendation/domain/facts.h"
#include "recommendation/domain/insight.h"
#include "recommendation/domain/learning.h"
#include "recommendation/domain/question.h"
#include "recommendation/domain/score_board.h"

namespace cloudcart::recommendation {

struct ModelOptions {
  PairWeighting pairs = {};
  LearningOptions learning = {};
  /// The newest orders, so many at most, are what the weights are learnt from.
  std::size_t most_learnt_orders = 200'000;
  /// Whether weights come with an autoencoder, for questions by Algorithm::neural. Off where nobody asks: it takes most
  /// of a refresh and has earned no place in the blend (docs/RECOMMENDATIONS.md).
  bool neural = false;
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

/// What a shop's orders say about its products and customers: a portfolio of recommenders behind one question.
///
/// Two parts. The facts (counts of pairs and sales, orders, customers) are exact and change with each order as it
/// comes: a model that learnt event by event holds what one counted from scratch holds, scores apart by the order
/// of additions only, and neither the order in which events come nor repeated ones make a difference. The insight
/// (regressions, weights) is made by refresh() from the facts of one moment and exchanged as a whole.
///
/// Safe between threads. Questions take no locks and never wait for learning; meanwhile they may see part of an
/// order. Equal scores stand in order of product id. Limits are at least 1.
class Model {
 public:
  explicit Model(ModelOptions options = {});
  /// Counts a whole book: much faster than applying its events, with the same outcome.
  Model(OrderBook book, ModelOptions options, const Crew& crew = run_alone);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  void apply(const events::OrderEvent& event);

  /// Forgets a customer as OrderBook::forget() does. What was counted of all customers together stays until the next
  /// model is made.
  void forget(UserId customer);
  /// The products that the customer's history consists of, newest order first.
  std::vector<ProductId> bought_by(UserId customer) const;

  /// What to make anew.
  enum class Refresh : std::uint8_t {
    regressions,              ///< the weights that were learnt stand
    regressions_and_weights,  ///< these too
  };
  /// Makes the insight from the facts as they are, beside answers and learning; takes seconds for a large shop, on
  /// as many threads as the crew has. One call at a time.
  void refresh(Refresh what, const Crew& crew = run_alone);
  /// What was learnt, by this model or another of the same shop, to answer by until the next refresh.
  void adopt(const Lessons& lessons);
  Lessons lessons() const;
  /// Appends the book of orders as OrderBook::write() does; what is learnt waits meanwhile.
  void write_book(std::string& out);
  /// Orders that stand; how much has come since a refresh tells when the next is due.
  std::uint64_t orders() const { return facts_.sales.orders(); }

  /// Answers by the algorithm that is asked for, or by trending where it has nothing to say. An answer with fewer
  /// products than its limit is all there is.
  Recommendations recommend(const Question& question) const;
  /// Most units sold first; products of which no unit is left after cancellations and credit notes are not
  /// among them.
  std::vector<PopularProduct> popular(std::size_t limit) const;

  ModelSize size() const;

 private:
  /// The first products in an order that each new order may change: kept from answer to answer until one comes.
  template <class Item>
  struct Ranking {
    std::uint64_t generation;
    std::vector<Item> first;
  };
  template <class Item>
  using RankingSlot = std::atomic<const Ranking<Item>*>;
  /// The same of one product's pairs, for rows that are long; it stands until the row changes.
  struct LongRow {
    float paired;  ///< of the product, when it was made
    std::vector<Scored> nearest;
  };
  struct Asked;

  void answer_basket(const Asked& asked, std::vector<Scored>& scored) const;
  void answer_page(const Asked& asked, std::vector<Scored>& scored) const;
  void answer_customer(const Asked& asked, std::vector<Scored>& scored) const;
  void answer_next(const Asked& asked, std::vector<Scored>& scored) const;
  void answer_new(const Asked& asked, std::vector<Scored>& scored) const;
  void answer_neural(const Asked& asked, std::vector<Scored>& scored) const;
  void answer_newcomer(const Asked& asked, std::vector<Scored>& scored) const;
  void answer_popular(const Asked& asked, std::vector<Scored>& scored) const;
  void nearest_by_pairs(const View& view, std::uint32_t product, std::size_t count,
                        std::vector<Scored>& nearest) const;
  std::vector<Scored> trending(const View& view, std::size_t limit) const;
  template <class Item, class Make>
  std::vector<Item> ranking(RankingSlot<Item>& slot, std::size_t limit, std::uint64_t passed_over,
                            Make make) const;
  std::vector<Recommendation> finish(const Asked& asked, std::vector<Scored>& scored) const;
  Reason reason_for(const Asked& asked, std::uint32_t product) const;
  std::vector<std::uint32_t> asked_or_bought(const Asked& asked, std::size_t most) const;
  OrderBook newest_orders(std::size_t most);
  std::shared_ptr<const neural::Autoencoder> train_neural(const OrderBook& newest) const;
  std::shared_ptr<const neural::Autoencoder> neural() const;
  void exchange(std::unique_ptr<const Insight> insight);

  const ModelOptions options_;
  mutable Epochs epochs_;
  std::mutex writer_;  ///< held for a whole apply()
  Facts facts_;
  std::atomic<const Insight*> insight_{nullptr};
  std::atomic<std::uint64_t> generation_{1};  ///< counts the events that changed something
  mutable RankingSlot<Scored> trending_{nullptr};
  mutable RankingSlot<PopularProduct> popular_{nullptr};
  mutable ChunkedArray<const LongRow*>
      long_rows_;  ///< by product; null for short rows and those not asked for
};

}  // namespace cloudcart::recommendation
