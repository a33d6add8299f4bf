#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cloudcart::product {

/// Texts behind one another in one piece of memory, so that a word is looked for in all of them in one pass.
/// Each belongs to a slot, a number of the caller's; a slot's newest text counts.
class TextBlob {
 public:
  void set(std::uint32_t slot, std::string_view text);
  void remove(std::uint32_t slot);
  /// The text of a slot; empty when it has none.
  std::string_view text(std::uint32_t slot) const;
  /// The slots whose texts hold every term, in no particular order, each once. At least one term, none empty.
  std::vector<std::uint32_t> search(const std::vector<std::string>& terms) const;
  std::size_t bytes() const { return blob_.capacity() + spans_.capacity() * sizeof(Span); }

 private:
  struct Span {
    std::size_t begin;
    std::uint32_t size;
    std::uint32_t slot;
  };
  static constexpr std::uint32_t none = ~0U;

  bool is_alive(std::size_t span) const { return span_of_[spans_[span].slot] == span; }
  void drop_dead();

  std::string blob_;
  std::vector<Span> spans_;             ///< in order of their begin; dead ones among them
  std::vector<std::uint32_t> span_of_;  ///< by slot
  std::size_t dead_bytes_ = 0;
};

}  // namespace cloudcart::product
