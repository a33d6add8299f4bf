#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cloudcart::history {

/// Texts that come again and again, kept once and named by a number: a line of a large history then costs
/// bytes and not strings.
class StringTable {
 public:
  std::uint32_t number_of(std::string_view text) {
    if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(texts_.size());
    numbers_.emplace(texts_.emplace_back(text), number);
    return number;
  }
  std::string_view operator[](std::uint32_t number) const { return texts_[number]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // a deque: the views in the map stay where they are
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace cloudcart::history
