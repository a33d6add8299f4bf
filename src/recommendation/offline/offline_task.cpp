#include "recommendation/offline/offline_task.h"

#include <algorithm>

namespace cloudcart::recommendation::offline {

std::string_view to_string(OfflineTask task) {
  switch (task) {
    case OfflineTask::next:
      return "next";
    case OfflineTask::new_items:
      return "new";
    case OfflineTask::cold:
      return "cold";
    case OfflineTask::basket:
      return "basket";
    case OfflineTask::also:
      return "also";
    case OfflineTask::stream_basket:
      return "stream_basket";
    case OfflineTask::stream_next:
      return "stream_next";
  }
  return {};
}

std::optional<OfflineTask> parse_offline_task(std::string_view word) {
  const auto found =
      std::ranges::find(all_offline_tasks, word, [](OfflineTask task) { return to_string(task); });
  if (found == all_offline_tasks.end()) return std::nullopt;
  return *found;
}

TaskKind kind_of(OfflineTask task) {
  switch (task) {
    case OfflineTask::next:
    case OfflineTask::stream_next:
      return TaskKind::next_order;
    case OfflineTask::new_items:
      return TaskKind::new_to_customer;
    case OfflineTask::cold:
      return TaskKind::first_order;
    case OfflineTask::basket:
    case OfflineTask::stream_basket:
      return TaskKind::basket;
    case OfflineTask::also:
      return TaskKind::product_page;
  }
  return {};
}

bool is_stream(OfflineTask task) {
  return task == OfflineTask::stream_basket || task == OfflineTask::stream_next;
}

bool asks_for_items(OfflineTask task) {
  return kind_of(task) == TaskKind::basket || kind_of(task) == TaskKind::product_page;
}

Catalogue::Catalogue(std::vector<std::uint32_t> items) : items_(std::move(items)) {
  if (items_.empty()) return;
  is_in_.resize(*std::ranges::max_element(items_) + std::size_t{1});
  for (const auto item : items_) is_in_[item] = true;
}

}  // namespace cloudcart::recommendation::offline
