#include "product/domain/search_text.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace cloudcart::product {
namespace {

/// Upper-case letters `first`, `first` + `step`, … `last`, and how far their lower case is (Unicode's
/// CaseFolding.txt, status C, of the blocks named).
struct FoldRange {
  char32_t first, last, step, distance;
};
constexpr std::array fold_ranges{
    FoldRange{0x41, 0x5A, 1, 32},   FoldRange{0xC0, 0xD6, 1, 32},
    FoldRange{0xD8, 0xDE, 1, 32},  // Latin, Latin-1
    FoldRange{0x100, 0x12E, 2, 1},  FoldRange{0x132, 0x136, 2, 1},
    FoldRange{0x139, 0x147, 2, 1},                                  // Latin
    FoldRange{0x14A, 0x176, 2, 1},  FoldRange{0x179, 0x17D, 2, 1},  //   Extended-A
    FoldRange{0x386, 0x386, 1, 38}, FoldRange{0x388, 0x38A, 1, 37},
    FoldRange{0x38C, 0x38C, 1, 64},  // Greek
    FoldRange{0x38E, 0x38F, 1, 63}, FoldRange{0x391, 0x3A1, 1, 32},
    FoldRange{0x3A3, 0x3AB, 1, 32}, FoldRange{0x3C2, 0x3C2, 1, 1},  // final sigma
    FoldRange{0x400, 0x40F, 1, 80}, FoldRange{0x410, 0x42F, 1, 32},
    FoldRange{0x460, 0x480, 2, 1}};  // Cyrillic

char32_t fold(char32_t letter) {
  for (const auto& range : fold_ranges) {
    if (letter < range.first) break;
    if (letter <= range.last && (letter - range.first) % range.step == 0) return letter + range.distance;
  }
  return letter;
}

/// All letters above are of one or two bytes, and so are their lower cases.
void append_two_bytes(std::string& out, char32_t letter) {
  out.push_back(static_cast<char>(0xC0 | letter >> 6));
  out.push_back(static_cast<char>(0x80 | (letter & 0x3F)));
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto length = std::max<std::size_t>(utf8_sequence_length(text, at), 1);
    const auto first = static_cast<unsigned char>(text[at]);
    if (length == 1 && first < 0x80) {
      out.push_back(static_cast<char>(fold(first)));
    } else if (length == 2) {
      append_two_bytes(out, fold((first & 0x1FU) << 6 | (static_cast<unsigned char>(text[at + 1]) & 0x3FU)));
    } else {
      out.append(text.substr(at, length));
    }
    at += length;
  }
  return out;
}

std::string search_text(const Product& product) {
  return fold_case(product.name + '\n' + product.sku.value_or("") + '\n' + product.description.value_or(""));
}

std::vector<std::string> search_terms(std::string_view search) {
  std::vector<std::string> terms;
  for (const auto word : split(search, ' ')) {
    if (auto term = fold_case(trim(word)); !term.empty()) terms.push_back(std::move(term));
  }
  return terms;
}

bool matches(std::string_view text, const std::vector<std::string>& terms) {
  return std::ranges::all_of(terms,
                             [&](const auto& term) { return text.find(term) != std::string_view::npos; });
}

}  // namespace cloudcart::product
