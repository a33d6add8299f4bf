#include "recommendation/domain/question.h"

#include <algorithm>

namespace cloudcart::recommendation {
namespace {

template <class Enum, std::size_t n>
std::optional<Enum> parse(const std::array<Enum, n>& all, std::string_view word) {
  const auto found = std::ranges::find(all, word, [](Enum value) { return to_string(value); });
  if (found == all.end()) return std::nullopt;
  return *found;
}

}  // namespace

std::string_view to_string(TaskKind task) {
  switch (task) {
    case TaskKind::next_order:
      return "next";
    case TaskKind::new_to_customer:
      return "new";
    case TaskKind::first_order:
      return "cold";
    case TaskKind::basket:
      return "basket";
    case TaskKind::product_page:
      return "also";
  }
  return {};
}

std::optional<TaskKind> parse_task(std::string_view word) {
  return parse(all_tasks, word);
}

std::string_view to_string(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::blend:
      return "blend";
    case Algorithm::co_purchase:
      return "co_purchase";
    case Algorithm::local_ease:
      return "local_ease";
    case Algorithm::personal_frequency:
      return "personal_frequency";
    case Algorithm::discovery:
      return "discovery";
    case Algorithm::trending:
      return "trending";
    case Algorithm::popular:
      return "popular";
    case Algorithm::neural:
      return "neural";
  }
  return {};
}

std::optional<Algorithm> parse_algorithm(std::string_view word) {
  return parse(all_algorithms, word);
}

bool answers(Algorithm algorithm, TaskKind task) {
  switch (algorithm) {
    case Algorithm::blend:
    case Algorithm::trending:
    case Algorithm::popular:
      return true;
    case Algorithm::personal_frequency:
      return task == TaskKind::next_order;
    case Algorithm::discovery:
      return task == TaskKind::next_order || task == TaskKind::new_to_customer;
    case Algorithm::co_purchase:
    case Algorithm::local_ease:
    case Algorithm::neural:
      return task != TaskKind::first_order;
  }
  return false;
}

std::string_view to_string(ReasonKind kind) {
  switch (kind) {
    case ReasonKind::bought_together:
      return "bought_together";
    case ReasonKind::bought_before:
      return "bought_before";
    case ReasonKind::goes_with_purchases:
      return "goes_with_purchases";
    case ReasonKind::trending:
      return "trending";
    case ReasonKind::popular:
      return "popular";
  }
  return {};
}

}  // namespace cloudcart::recommendation
