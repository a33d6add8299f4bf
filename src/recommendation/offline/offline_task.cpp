#include "recommendation/offline/offline_task.h"

#include <algorithm>

#include "core/words.h"

namespace cloudcart::recommendation::offline {

namespace {

constexpr std::array<std::string_view, all_offline_tasks.size()> words{
    "next", "new", "cold", "basket", "also", "stream_basket", "stream_next"};

}  // namespace

std::string_view to_string(OfflineTask task) {
  return word_of(words, task);
}
std::optional<OfflineTask> parse_offline_task(std::string_view word) {
  return parse_word<OfflineTask>(words, word);
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
