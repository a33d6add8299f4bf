#include "recommendation/offline/word_index.h"

namespace cloudcart::recommendation::offline {
namespace {

std::uint32_t hash_of(std::string_view word) {
  const std::uint64_t hash = std::hash<std::string_view>{}(word);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

std::uint32_t WordIndex::add(std::string_view word) {
  if ((ends_.size() + 1) * 3 > slots_.size() * 2) grow();
  const auto hash = hash_of(word);
  auto& slot = slots_[slot_of(word, hash)];
  if (slot.number == 0) {
    letters_ += word;
    ends_.push_back(letters_.size());
    slot = {hash, static_cast<std::uint32_t>(ends_.size())};
  }
  return slot.number - 1;
}

std::optional<std::uint32_t> WordIndex::find(std::string_view word) const {
  if (slots_.empty()) return std::nullopt;
  const auto& slot = slots_[slot_of(word, hash_of(word))];
  if (slot.number == 0) return std::nullopt;
  return slot.number - 1;
}

std::string_view WordIndex::operator[](std::uint32_t number) const {
  const auto begin = number == 0 ? 0 : ends_[number - 1];
  return std::string_view{letters_}.substr(begin, ends_[number] - begin);
}

/// The slot that holds `word`, or the free one where it belongs.
std::size_t WordIndex::slot_of(std::string_view word, std::uint32_t hash) const {
  const auto mask = slots_.size() - 1;
  auto at = hash & mask;
  while (slots_[at].number != 0 && (slots_[at].hash != hash || (*this)[slots_[at].number - 1] != word))
    at = (at + 1) & mask;
  return at;
}

void WordIndex::grow() {
  const auto old = std::exchange(slots_, std::vector<Slot>(slots_.empty() ? 64 : slots_.size() * 2));
  const auto mask = slots_.size() - 1;
  for (const auto& slot : old) {
    if (slot.number == 0) continue;
    auto at = slot.hash & mask;
    while (slots_[at].number != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace cloudcart::recommendation::offline
