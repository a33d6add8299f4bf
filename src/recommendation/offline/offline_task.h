#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recommendation/domain/question.h"

namespace cloudcart::recommendation::offline {

/// What is measured: the kinds of question, asked of the past of a shop; and two of them again while the
/// orders to come are learnt one by one. The words are part of the contract.
enum class OfflineTask : std::uint8_t {
  next,
  new_items,
  cold,
  basket,
  also,
  stream_basket,
  stream_next,
};
constexpr std::array all_offline_tasks{
    OfflineTask::next, OfflineTask::new_items,     OfflineTask::cold,       OfflineTask::basket,
    OfflineTask::also, OfflineTask::stream_basket, OfflineTask::stream_next};
std::string_view to_string(OfflineTask task);
std::optional<OfflineTask> parse_offline_task(std::string_view word);

TaskKind kind_of(OfflineTask task);
/// Its queries are about the orders to come: a query's id is one letter and the order's.
bool is_stream(OfflineTask task);
/// Its queries are products, of which none may be answered; otherwise a customer.
bool asks_for_items(OfflineTask task);

struct Query {
  std::string id;
  std::vector<std::uint32_t> items;  ///< numbers of Words::items
  std::uint32_t customer = 0;        ///< number of Words::customers, when the task asks for one
};

/// The only items that may be answered.
class Catalogue {
 public:
  Catalogue() = default;
  explicit Catalogue(std::vector<std::uint32_t> items);

  bool has(std::uint32_t item) const { return item < is_in_.size() && is_in_[item]; }
  std::span<const std::uint32_t> items() const { return items_; }
  std::size_t size() const { return items_.size(); }

 private:
  std::vector<std::uint32_t> items_;
  std::vector<bool> is_in_;
};

struct TaskSet {
  OfflineTask task = OfflineTask::next;
  std::vector<Query> queries;
  std::vector<std::vector<std::uint32_t>>
      truth;  ///< the relevant items of each query, ascending; never empty
};

}  // namespace cloudcart::recommendation::offline
