#include "simulation/workload.h"

#include <algorithm>
#include <cstdio>

namespace cloudcart::simulation {
namespace {

/// What a client sees of a product, with the change it was read at (see SimProductRepository).
std::string render(const product::Product& product) {
  return fmt::format("{} {} {} {};", product.id.to_string(), product.description.value_or("0"),
                     product.price.minor_units(), product.inventory_count);
}
std::string render_page(const product::ProductQuery&, const product::ProductPage& page) {
  std::string text;
  for (const auto& product : page.products) text += render(product);
  return text;
}

struct Seen {
  ProductId id;
  product::ChangeNumber as_of = 0;
  Money price;
  std::int64_t count = 0;
};

std::vector<Seen> parse(const std::string& text) {
  std::vector<Seen> seen;
  for (std::size_t begin = 0; begin < text.size(); begin = text.find(';', begin) + 1) {
    char id[37] = {};
    long long as_of = 0, price = 0, count = 0;
    if (std::sscanf(text.c_str() + begin, "%36s %lld %lld %lld", id, &as_of, &price, &count) != 4) break;
    seen.push_back({ProductId::parse(id).value(), as_of, Money{price}, count});
  }
  return seen;
}

bool is_clear(const Result<order::Order>& answer) {
  if (answer) return true;
  switch (answer.error().code) {
    case ErrorCode::validation_failed:
    case ErrorCode::unauthenticated:
    case ErrorCode::forbidden:
    case ErrorCode::not_found:
    case ErrorCode::insufficient_inventory:
    case ErrorCode::idempotency_conflict:
      return true;
    default:
      return false;
  }
}

}  // namespace

template <class T>
Task<Result<T>> Client::ask(Node& node, std::function<Task<Result<T>>(Node&, Caller)> serve) {
  constexpr std::array patiences{milliseconds{20}, milliseconds{300}, milliseconds{2000},
                                 milliseconds{10'000}};
  const auto patience =
      front_.context.is_quiet ? patiences.back() : patiences[random().below(patiences.size())];
  const Caller caller{.user = user_, .role = is_staff_ ? Role::staff : Role::customer};
  co_return co_await front_.wire.ask<Result<T>>(front_.home, Port::client_wire, node, Access::write,
                                                front_.home.now() + patience,
                                                [caller, patience, serve = std::move(serve)](Node& there) {
                                                  auto with_deadline = caller;
                                                  with_deadline.deadline = there.process().now() + patience;
                                                  return serve(there, std::move(with_deadline));
                                                });
}

Task<void> Client::live(std::size_t requests) {
  for (std::size_t i = 0; i < requests && !front_.context.violation; ++i) {
    co_await sleep_until(front_.home.now() +
                         milliseconds{random().percent(50) ? 0 : random().between(1, 400)});
    co_await act();
  }
}

Task<void> Client::act() {
  static constexpr std::array<std::uint32_t, 9> weights{30, 20, 8, 4, 3, 8, 12, 6, 2};
  switch (random().weighted(weights)) {
    case 0:
      return buy();
    case 1:
      return transition();
    case 2:
      return read_order();
    case 3:
      return read_own_orders();
    case 4:
      return read_history();
    case 5:
      if (!is_staff_) return read_product();
      return random().percent(60) ? edit_product() : adjust_stock();
    case 6:
      return read_product();
    case 7:
      return read_listing();
    default:
      return read_dashboard();
  }
}

std::vector<order::LineRequest> Client::random_lines() {
  std::vector<order::LineRequest> lines;
  for (auto left = random().between(1, 3); left > 0; --left)
    lines.push_back({front_.shelf[random().below(front_.shelf.size())], random().between(1, 4)});
  if (random().percent(3)) lines.front().quantity = 0;
  if (random().percent(3)) lines.front().product_id.value.bytes.fill(0xEE);
  return lines;
}

Purchase& Client::next_purchase() {
  auto& context = front_.context;
  auto lines = random_lines();
  std::optional<IdempotencyKey> key;
  if (random().percent(60)) {
    key = IdempotencyKey{fmt::format("key-{}", front_.keyed.size())};
    if (!front_.keyed.empty() && random().percent(20)) {
      const auto& older = *front_.keyed[random().below(front_.keyed.size())];
      if (older.buyer == user_) {
        key = older.key;
        context.tally.seen("purchase: a key of before with another body");
      }
    }
  }
  auto user = user_;
  if (random().percent(is_staff_ ? 40 : 3)) user = front_.users[random().below(front_.users.size())];
  if (is_staff_ && random().percent(5)) user.value.bytes.fill(0xDD);
  if (lines.size() > 1 && lines.front().product_id == lines.back().product_id)
    context.tally.seen("purchase: a product on two lines");
  auto& purchase = front_.oracle.purchase(user_, user, std::move(key), std::move(lines));
  if (purchase.key) front_.keyed.push_back(&purchase);
  return purchase;
}

Task<void> Client::buy() {
  auto& purchase = next_purchase();
  auto& context = front_.context;
  context.trace("{} wants {} lines for {}{}", shorten(user_), purchase.lines.size(), purchase.address,
                purchase.key ? " with " + purchase.key->value : "");
  if (!purchase.key) {
    (void)co_await post(purchase);
    co_return;
  }
  auto twins = std::make_shared<std::int64_t>(random().percent(30) ? random().between(1, 3) : 0);
  if (*twins > 0) context.tally.seen("purchase: a key in several posts at once");
  for (auto left = *twins; left > 0; --left)
    front_.home.spawn(post(purchase), [twins](const auto&) { --*twins; });
  co_await post_until_clear(purchase, 3, milliseconds{random().between(1, 3000)});
  while (*twins > 0) co_await sleep_until(front_.home.now() + milliseconds{20});
}

Task<Client::OrderAnswer> Client::post(Purchase& purchase) {
  auto& oracle = front_.oracle;
  const bool key_was_spent = oracle.is_key_spent_on_other(purchase);
  const order::PlaceOrderRequest request{purchase.user, purchase.lines, purchase.address, purchase.key};
  auto answer = co_await ask<order::Order>(front_.orders, [request](Node& node, Caller caller) {
    return node.order_app().place_order(std::move(caller), request);
  });
  oracle.attempt_answered(purchase, answer, key_was_spent);
  front_.context.tally.seen("place: " + describe(answer));
  if (answer) front_.orders_known.emplace_back(answer->id, answer->user_id);
  co_return answer;
}

Task<void> Client::post_until_clear(Purchase& purchase, std::size_t attempts, milliseconds wait) {
  for (std::size_t i = 0; i < attempts && !purchase.is_settled; ++i) {
    if (i > 0) co_await sleep_until(front_.home.now() + wait);
    const auto answer = co_await post(purchase);
    purchase.is_settled = is_clear(answer);
  }
}

Task<void> Client::settle() {
  // A claim that nobody gives up lapses after 30 s, and the slowest request takes a few minutes.
  for (std::size_t i = 0; i < front_.keyed.size(); ++i) {
    auto& purchase = *front_.keyed[i];
    if (purchase.buyer == user_ && !purchase.is_settled) co_await post_until_clear(purchase, 100, seconds{5});
  }
}

Task<void> Client::transition() {
  if (front_.orders_known.empty()) co_return;
  const auto [id, owner] = front_.orders_known[random().below(front_.orders_known.size())];
  const bool cancels = !is_staff_ || random().percent(20);
  const auto next = all_order_statuses[random().below(all_order_statuses.size())];
  const bool any = front_.context.is(Mutation::any_transition);
  auto answer =
      co_await ask<order::Order>(front_.orders, [=](Node& node, Caller caller) -> Task<OrderAnswer> {
        if (cancels) return node.order_app().cancel_order(std::move(caller), id);
        if (!any) return node.order_app().change_status(std::move(caller), id, next);
        return [](order::TransitionOrder change, Caller by, OrderId of, OrderStatus to) -> Task<OrderAnswer> {
          co_return co_await change(std::move(by), of, [to](order::Order& order, Timestamp now) {
            order.status = to;
            order.updated_at = now;
            ++order.version;
            return Status{};
          });
        }(node.any_transition(), std::move(caller), id, next);
      });
  front_.context.trace("{} of {}: {}", cancels ? "cancel" : cloudcart::to_string(next), shorten(id),
                       describe(answer));
  front_.context.tally.seen((cancels ? "cancel: " : "change status: ") + describe(answer));
  if (!answer) co_return;
  front_.oracle.transition_answered(*answer);
  if (answer->status != (cancels ? OrderStatus::cancelled : next))
    front_.context.violate("transitions", "a transition was answered that did not happen");
  if (!may_see(owner)) front_.context.violate("no ghosts", "somebody changed another's order");
}

void Client::judge_order(OrderId id, UserId owner, std::int64_t due, const OrderAnswer& answer) {
  auto& context = front_.context;
  const bool is_missing = !answer && answer.error().code == ErrorCode::not_found;
  if (answer && !may_see(owner)) context.violate("no ghosts", "another's order was shown");
  if (is_missing && may_see(owner))
    context.violate("fresh reads", "order " + shorten(id) + " was answered and is not found");
  if (!answer) return;
  if (answer->version < due)
    context.violate("fresh reads", fmt::format("order {} at version {} after version {} was answered",
                                               shorten(id), answer->version, due));
  front_.oracle.order_answered(*answer);
}

Task<void> Client::read_order() {
  if (front_.orders_known.empty()) co_return;
  const auto [id, owner] = front_.orders_known[random().below(front_.orders_known.size())];
  const auto due = front_.oracle.answered_version(id);
  const auto answer = co_await ask<order::Order>(front_.orders, [id](Node& node, Caller caller) {
    return node.order_app().get_order(std::move(caller), id);
  });
  front_.context.tally.seen("read order: " + describe(answer));
  judge_order(id, owner, due, answer);
}

Task<void> Client::read_own_orders() {
  const auto due = front_.oracle.answered_versions();
  const auto answer =
      co_await ask<order::OrderPage>(front_.orders, [user = user_](Node& node, Caller caller) {
        return node.order_app().list_user_orders(std::move(caller), user, {.limit = 1000});
      });
  front_.context.tally.seen("list orders: " + describe(answer));
  if (!answer) co_return;
  std::map<OrderId, std::int64_t> shown;
  for (const auto& order : answer->orders) shown[order.id] = order.version;
  for (const auto& [id, owner] : front_.orders_known) {
    const auto version = due.find(id);
    if (owner != user_ || version == due.end()) continue;
    if (shown[id] < version->second)
      front_.context.violate("fresh reads", "order " + shorten(id) + " is missing or old in a list");
  }
}

Task<void> Client::read_history() {
  if (front_.orders_known.empty()) co_return;
  const auto [id, owner] = front_.orders_known[random().below(front_.orders_known.size())];
  const auto due = front_.oracle.answered_version(id);
  const auto answer = co_await ask<std::vector<events::OrderEvent>>(
      front_.orders,
      [id](Node& node, Caller caller) { return node.order_app().order_history(std::move(caller), id); });
  front_.context.tally.seen("history: " + describe(answer));
  if (!answer) co_return;
  if (std::ssize(*answer) < due)
    front_.context.violate("fresh reads", "the history of order " + shorten(id) + " is short");
  for (std::size_t i = 0; i < answer->size(); ++i)
    if ((*answer)[i].version != static_cast<std::int64_t>(i) + 1)
      front_.context.violate("log", "a history has a gap");
}

Task<void> Client::edit_product() {
  const auto id = front_.shelf[random().below(front_.shelf.size())];
  product::ProductChange change{.price = Money{++front_.next_price}};
  if (random().percent(40)) change.inventory_count = random().between(0, 12);
  const auto answer =
      co_await ask<product::Product>(front_.products, [id, change](Node& node, Caller caller) {
        return node.product_app().update_product(std::move(caller), id, change);
      });
  front_.context.tally.seen("edit product: " + describe(answer));
  if (answer) front_.oracle.price_answered(id, *change.price);
}

/// With a key, until it is answered: asking again must not count again.
Task<void> Client::adjust_stock() {
  const auto id = front_.shelf[random().below(front_.shelf.size())];
  const auto number = front_.next_wish++;
  const auto key =
      random().percent(70) ? std::optional{IdempotencyKey{fmt::format("adjust-{}", number)}} : std::nullopt;
  const auto reason = fmt::format("{} {}", key ? "wish" : "whim", number);
  const product::CountChange change{product::CountChange::Kind::by, random().between(-3, 6)};
  for (int attempt = 0; attempt < (key ? 3 : 1); ++attempt) {
    const auto answer = co_await ask<product::AdjustedStock>(front_.products, [=](Node& node, Caller caller) {
      return node.product_app().adjust_stock(std::move(caller), id, change, reason, key);
    });
    front_.context.tally.seen("adjust stock: " + describe(answer));
    if (answer && attempt > 0) front_.context.tally.seen("adjust stock: settled by asking again");
    if (answer || answer.error().code == ErrorCode::insufficient_inventory) co_return;
  }
}

Task<void> Client::read_product() {
  const auto id = front_.shelf[random().below(front_.shelf.size())];
  const auto due = front_.oracle.due_change(id);
  const auto answer = co_await ask<std::string>(front_.products, [id](Node& node, Caller caller) {
    return node.product_app().get_product(std::move(caller), id, &render);
  });
  front_.context.tally.seen("read product: " + describe(answer));
  if (!answer) co_return;
  for (const auto& seen : parse(*answer))
    front_.oracle.product_read(id, due, seen.as_of, seen.price, seen.count);
}

Task<void> Client::read_listing() {
  std::map<ProductId, product::ChangeNumber> due;
  for (const auto& id : front_.shelf) due[id] = front_.oracle.due_change(id);
  const auto answer = co_await ask<std::string>(front_.products, [](Node& node, Caller caller) {
    return node.product_app().list_products(std::move(caller), {}, &render_page);
  });
  front_.context.tally.seen("list products: " + describe(answer));
  if (!answer) co_return;
  const auto shown = parse(*answer);
  if (shown.size() != front_.shelf.size()) front_.context.violate("fresh reads", "a listing lacks a product");
  for (const auto& seen : shown)
    front_.oracle.product_read(seen.id, due[seen.id], seen.as_of, seen.price, seen.count);
}

Task<void> Client::read_dashboard() {
  const auto answer = co_await ask<analytics::PeriodReport>(front_.analytics, [](Node& node, Caller caller) {
    return node.analytics_app().get_dashboard(std::move(caller), {});
  });
  front_.context.tally.seen("dashboard: " + describe(answer));
}

}  // namespace cloudcart::simulation
