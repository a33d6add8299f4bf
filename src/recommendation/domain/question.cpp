#include "recommendation/domain/question.h"

#include "core/words.h"

namespace cloudcart::recommendation {
namespace {

constexpr std::array<std::string_view, all_tasks.size()> task_words{"next", "new", "cold", "basket", "also"};
constexpr std::array<std::string_view, all_algorithms.size()> algorithm_words{
    "blend", "co_purchase", "local_ease", "personal_frequency", "discovery", "trending", "popular", "neural"};
constexpr std::array<std::string_view, 5> reason_words{"bought_together", "bought_before",
                                                       "goes_with_purchases", "trending", "popular"};

}  // namespace

std::string_view to_string(TaskKind task) {
  return word_of(task_words, task);
}
std::optional<TaskKind> parse_task(std::string_view word) {
  return parse_word<TaskKind>(task_words, word);
}

std::string_view to_string(Algorithm algorithm) {
  return word_of(algorithm_words, algorithm);
}
std::optional<Algorithm> parse_algorithm(std::string_view word) {
  return parse_word<Algorithm>(algorithm_words, word);
}

std::string_view to_string(ReasonKind kind) {
  return word_of(reason_words, kind);
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

}  // namespace cloudcart::recommendation
