#include "recommendation/offline/protocol.h"

#include <algorithm>
#include <numeric>
#include <string>

#include <fmt/format.h>

#include "core/sha256.h"

namespace cloudcart::recommendation::offline {
namespace {

using Items = std::vector<std::uint32_t>;

std::vector<bool> items_in(const Purchases& purchases, std::size_t item_count) {
  std::vector<bool> is_in(item_count);
  for (const auto& order : purchases.orders())
    for (const auto& line : purchases.lines(order)) is_in[line.item] = true;
  return is_in;
}

Items chosen(const std::vector<bool>& is_in) {
  Items items;
  for (std::uint32_t item = 0; item < is_in.size(); ++item)
    if (is_in[item]) items.push_back(item);
  return items;
}

/// The same purchases, items of an order by name, with numbers of other words: as if they had been read from a file
/// of their order.
Result<Purchases> retell(const Purchases& purchases, const Words& words, Words& new_words) {
  PurchaseCollector collector(new_words);
  for (const auto& order : purchases.orders()) {
    const auto told = purchases.lines(order);
    std::vector<Purchases::Line> lines(told.begin(), told.end());
    std::ranges::sort(lines, {}, [&](const auto& line) { return words.items[line.item]; });
    for (const auto& [item, quantity] : lines)
      CLOUDCART_CHECK(collector.add({.order = words.orders[order.number],
                                     .customer = words.customers[order.customer],
                                     .item = words.items[item],
                                     .time = order.time,
                                     .quantity = quantity}));
  }
  return std::move(collector).finish();
}

/// Numbers everything anew, so that nothing hangs on where it stood in the file: items by name, all else by time.
Status renumber(Trial& trial, Words& words) {
  Items order(words.items.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::uint32_t item) { return words.items[item]; });
  Words new_words;
  for (const auto item : order) new_words.items.add(words.items[item]);
  CLOUDCART_TRY(trial.train, retell(trial.train, words, new_words));
  CLOUDCART_TRY(trial.future, retell(trial.future, words, new_words));
  words = std::move(new_words);
  return {};
}

/// Makes the tasks of a trial whose two parts and catalogues are there.
class TaskMaker {
 public:
  TaskMaker(const Trial& trial, const Words& words) : trial_(trial), words_(words), bought_(trial.train) {}

  TaskSet make(OfflineTask task) const {
    TaskSet set{.task = task};
    if (task == OfflineTask::next || task == OfflineTask::new_items || task == OfflineTask::cold)
      ask_customers(set);
    else if (task == OfflineTask::stream_next)
      ask_known_customers(set);
    else
      ask_for_items(set);
    return set;
  }

 private:
  /// At their first order after the cut, by name.
  void ask_customers(TaskSet& set) const {
    std::vector<bool> is_asked(words_.customers.size());
    std::vector<const Purchases::Order*> first_orders;
    for (const auto& order : trial_.future.orders()) {
      if (is_asked[order.customer]) continue;
      is_asked[order.customer] = true;
      if (bought_.knows(order.customer) != (set.task == OfflineTask::cold)) first_orders.push_back(&order);
    }
    std::ranges::sort(first_orders, {}, [&](const auto* order) { return words_.customers[order->customer]; });
    const char letter = set.task == OfflineTask::next ? 'P' : set.task == OfflineTask::cold ? 'C' : 'N';
    for (const auto* order : first_orders) {
      auto relevant = items_of(*order, trial_.catalogue);
      if (set.task == OfflineTask::new_items) {
        const auto known = bought_.of(order->customer);
        std::erase_if(relevant, [&](auto item) { return std::ranges::binary_search(known, item); });
      }
      add(set, {.id = letter + std::string{words_.customers[order->customer]}, .customer = order->customer},
          std::move(relevant));
    }
  }

  void ask_known_customers(TaskSet& set) const {
    std::vector<bool> has_come(words_.customers.size());
    for (const auto& order : trial_.future.orders()) {
      if (bought_.knows(order.customer) || has_come[order.customer])
        add(set, {.id = id_of_order('R', order), .customer = order.customer},
            items_of(order, trial_.stream_catalogue));
      has_come[order.customer] = true;
    }
  }

  void ask_for_items(TaskSet& set) const {
    const bool is_page = set.task == OfflineTask::also;
    const auto& catalogue = is_stream(set.task) ? trial_.stream_catalogue : trial_.catalogue;
    const char letter = is_page ? 'A' : is_stream(set.task) ? 'S' : 'B';
    for (const auto& order : trial_.future.orders()) {
      auto others = items_of(order, catalogue);
      if (others.size() < 2) continue;
      const auto drawn = draw(is_page ? "also" : "basket", order, others);
      const auto one = *drawn;
      others.erase(drawn);
      // An item's page is asked for the rest of the order; the rest of an order for its hidden item.
      Items alone{one};
      add(set, {.id = id_of_order(letter, order), .items = is_page ? alone : others},
          is_page ? std::move(others) : std::move(alone));
    }
  }

  Items::const_iterator draw(std::string_view salt, const Purchases::Order& order, const Items& items) const {
    return std::ranges::min_element(items, {}, [&](auto item) {
      return sha256(fmt::format("{}|{}|{}", salt, words_.orders[order.number], words_.items[item]));
    });
  }

  static void add(TaskSet& set, Query query, Items relevant) {
    if (relevant.empty()) return;
    set.queries.push_back(std::move(query));
    set.truth.push_back(std::move(relevant));
  }

  std::string id_of_order(char letter, const Purchases::Order& order) const {
    return letter + std::string{words_.orders[order.number]};
  }

  /// Those of the catalogue, by name.
  Items items_of(const Purchases::Order& order, const Catalogue& catalogue) const {
    Items items;
    for (const auto& line : trial_.future.lines(order))
      if (catalogue.has(line.item)) items.push_back(line.item);
    std::ranges::sort(items);
    return items;
  }

  const Trial& trial_;
  const Words& words_;
  const BoughtItems bought_;
};

}  // namespace

Result<Trial> make_trial(const Purchases& history, Timestamp cut, std::optional<Timestamp> until,
                         Words& words) {
  Trial trial;
  trial.train = history.only([&](const auto& order) { return order.time < cut; });
  trial.future =
      history.only([&](const auto& order) { return order.time >= cut && (!until || order.time < *until); });
  if (trial.train.orders().empty() || trial.future.orders().empty())
    return fail(ErrorCode::validation_failed,
                fmt::format("There are {} orders before the cut, {}, and {} after it; both sides need some.",
                            trial.train.orders().size(), to_rfc3339(cut), trial.future.orders().size()));
  trial.train.sort(words);
  trial.future.sort(words);
  CLOUDCART_CHECK(renumber(trial, words));
  auto is_known = items_in(trial.train, words.items.size());
  trial.catalogue = Catalogue(chosen(is_known));
  const auto is_to_come = items_in(trial.future, words.items.size());
  for (std::size_t item = 0; item < is_known.size(); ++item)
    if (is_to_come[item]) is_known[item] = true;
  trial.stream_catalogue = Catalogue(chosen(is_known));
  const TaskMaker maker(trial, words);
  for (const auto task : all_offline_tasks)
    if (auto set = maker.make(task); !set.queries.empty()) trial.tasks.push_back(std::move(set));
  return trial;
}

}  // namespace cloudcart::recommendation::offline
