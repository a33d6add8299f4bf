#include "adapters/kafka/events/mark.h"

#include <charconv>

#include "core/text.h"

namespace cloudcart::kafka {

std::string Mark::text() const {
  std::map<std::string, std::vector<std::int64_t>> topics;
  for (const auto& [partition, offset] : behind) {
    auto& offsets = topics[partition.topic];
    const auto number = static_cast<std::size_t>(partition.number);
    if (offsets.size() <= number) offsets.resize(number + 1);
    offsets[number] = offset;
  }
  std::string text = cluster;
  for (const auto& [topic, offsets] : topics) {
    text += ' ' + topic;
    for (std::size_t i = 0; i < offsets.size(); ++i)
      text += (i == 0 ? '=' : ',') + std::to_string(offsets[i]);
  }
  return text;
}

std::optional<Mark> Mark::parse(std::string_view text) {
  const auto words = split(text, ' ');
  Mark mark{.cluster = std::string{words[0]}, .behind = {}};
  if (mark.cluster.empty()) return std::nullopt;
  for (std::size_t w = 1; w < words.size(); ++w) {
    const auto equals = words[w].find('=');
    if (equals == std::string_view::npos || equals == 0) return std::nullopt;
    std::int32_t number = 0;
    for (const auto digits : split(words[w].substr(equals + 1), ',')) {
      std::int64_t offset = 0;
      const auto* end = digits.data() + digits.size();
      const auto [stop, failure] = std::from_chars(digits.data(), end, offset);
      if (failure != std::errc{} || stop != end || offset < 0) return std::nullopt;
      if (offset > 0) mark.behind.emplace(Partition{std::string{words[w].substr(0, equals)}, number}, offset);
      ++number;
    }
  }
  return mark;
}

}  // namespace cloudcart::kafka
