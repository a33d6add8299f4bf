#include "adapters/postgres/product/reservations.h"

#include <map>
#include <set>

#include "adapters/postgres/product/change_numbers.h"
#include "adapters/postgres/product/reservation_rows.h"
#include "adapters/postgres/product/stock_moves.h"
#include "adapters/postgres/store/together.h"

namespace cloudcart::product {
namespace {

using postgres::Failure;
using postgres::Query;
using postgres::Rows;
using postgres::Session;
using Ask = PostgresReservations::Ask;
using Promise = PostgresReservations::Promise;
using Promises = std::vector<Result<Promise>>;

/// What the catalogue says of a product, and by which number its stock is known.
struct Shelf {
  std::int64_t number = 0;
  ProductSummary summary;
};

/// What is asked for at the same time, decided one after the other on what the locked rows say.
class Decisions {
 public:
  Decisions(const Rows& shelves, const Rows& known, std::int64_t shown);

  void decide(const Ask& ask);
  bool changes_anything() const { return !made_.empty(); }
  std::vector<Query> writing() const;
  /// `written`: the number of the change, of those that changed something.
  Promises answers(std::int64_t written) const;

 private:
  struct Known {
    StoredReservation reservation;
    bool is_new = false;
  };
  struct Answer {
    Result<std::vector<ReservedLine>> lines;
    bool is_new = false;
  };

  Result<std::vector<ReservedLine>> take(const Ask& ask);

  std::map<ProductId, Shelf> shelves_;
  std::map<OrderId, Known> known_;
  const std::int64_t shown_;  ///< the number of what the rows show
  StockMoves moves_;
  std::vector<NewReservation> made_;
  std::vector<Answer> answers_;
};

Decisions::Decisions(const Rows& shelves, const Rows& known, std::int64_t shown) : shown_(shown) {
  for (const auto row : shelves) {
    const auto id = row.id<ProductId>(1);
    shelves_[id] = {row.integer(0),
                    {id, row.string(2), row.string(3), row.money(4), row.boolean(5), row.integer(6)}};
  }
  for (const auto row : known) known_[row.id<OrderId>(0)] = {read_reservation(row, 1), false};
}

void Decisions::decide(const Ask& ask) {
  const auto known = known_.find(ask.order);
  if (known == known_.end()) {
    auto taken = take(ask);
    const bool is_new = taken.has_value();
    answers_.push_back({std::move(taken), is_new});
    return;
  }
  const auto& reservation = known->second.reservation;
  answers_.push_back(
      {repeat_reservation(reservation.state, promised_lines(reservation), ask.lines), known->second.is_new});
}

Result<std::vector<ReservedLine>> Decisions::take(const Ask& ask) {
  CLOUDCART_TRY(auto plan, plan_reservation(ask.lines, [&](ProductId id) -> std::optional<ProductSummary> {
                  const auto shelf = shelves_.find(id);
                  if (shelf == shelves_.end()) return std::nullopt;
                  return shelf->second.summary;
                }));
  for (const auto& [product, quantity] : plan.quantities) {
    auto& shelf = shelves_.at(product);
    shelf.summary.inventory_count -= quantity;
    moves_.add(shelf.number, Movement::reserve, quantity, ask.order, ask.now);
  }
  StoredReservation reservation;
  for (const auto& line : plan.lines)
    reservation.lines.push_back({shelves_.at(line.product_id).number, line});
  known_[ask.order] = {reservation, true};
  made_.push_back({ask.tenant, ask.order, std::move(reservation), ask.now});
  return std::move(plan.lines);
}

std::vector<Query> Decisions::writing() const {
  std::vector<Query> queries;
  queries.push_back(inserting_reservations(made_));
  queries.push_back(moves_.writing());
  queries.push_back(change_number(true));
  return queries;
}

Promises Decisions::answers(std::int64_t written) const {
  Promises promises;
  for (const auto& [lines, is_new] : answers_) {
    if (lines)
      promises.push_back(AsOf{*lines, is_new ? written : shown_});
    else
      promises.push_back(fail(lines.error()));
  }
  return promises;
}

/// The shelves of all products, their stock locked.
Query locking_shelves(const std::vector<Ask>& asks) {
  std::set<ProductId> products;
  for (const auto& ask : asks)
    for (const auto& line : ask.lines) products.insert(line.product_id);
  // Row by row through the index, whatever the planner knew of the tables when the statement was prepared.
  return postgres::query(
      "SELECT stock.product, its.id, its.name, its.category, its.price, its.is_active, stock.available"
      " FROM unnest($2) AS wanted(id) CROSS JOIN LATERAL"
      " (SELECT number, id, name, category, price, is_active FROM product"
      " WHERE product.tenant = $1 AND product.id = wanted.id OFFSET 0) AS its"
      " JOIN stock ON stock.product = its.number"
      " ORDER BY stock.product FOR NO KEY UPDATE OF stock",
      asks.front().tenant.value, std::vector<ProductId>(products.begin(), products.end()));
}

Query selecting_known(const std::vector<Ask>& asks) {
  std::vector<OrderId> orders;
  for (const auto& ask : asks) orders.push_back(ask.order);
  return selecting_reservations(asks.front().tenant, orders);
}

}  // namespace

Task<Result<Promises>> PostgresReservations::serve_shop(std::vector<Ask> asks, Deadline deadline) {
  const auto decide_all = [&asks](Session& session) -> Task<Result<Promises>> {
    std::vector<Query> look;
    look.push_back(locking_shelves(asks));
    // After the locks: whoever asked for the same order before has ended by then.
    look.push_back(selecting_known(asks));
    look.push_back(change_number(false));
    const auto seen = co_await session.run_all(std::move(look));
    Decisions decisions(seen[0], seen[1], seen[2][0].integer(0));
    for (const auto& ask : asks) decisions.decide(ask);
    if (!decisions.changes_anything()) co_return decisions.answers(0);
    try {
      const auto rows = co_await session.commit(decisions.writing());
      co_return decisions.answers(rows.back()[0].integer(0));
    } catch (const Failure& failure) {
      if (failure.constraint() != one_reservation_per_order) throw;
    }
    // The same order, asked for or released at the same time: by now that can be seen.
    throw Failure("40001", "", "An order has got a reservation meanwhile.");
  };
  co_return co_await store_.write(deadline, std::cref(decide_all));
}

Task<Promises> PostgresReservations::serve(std::vector<Ask> asks) {
  std::map<TenantId, std::vector<std::size_t>> shops;
  for (std::size_t i = 0; i < asks.size(); ++i) shops[asks[i].tenant].push_back(i);
  Promises answers(asks.size());
  for (const auto& [tenant, places] : shops) {
    std::vector<Ask> its;
    for (const auto place : places) its.push_back(std::move(asks[place]));
    auto served = co_await postgres::serve_together<Promise>(
        std::move(its),
        [this](std::vector<Ask> some, Deadline until) { return serve_shop(std::move(some), until); });
    for (std::size_t i = 0; i < places.size(); ++i) answers[places[i]] = std::move(served[i]);
  }
  co_return answers;
}

}  // namespace cloudcart::product
