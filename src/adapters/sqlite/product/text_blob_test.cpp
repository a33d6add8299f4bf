#include "adapters/sqlite/product/text_blob.h"

#include <map>
#include <random>

#include <gmock/gmock.h>

namespace cloudcart::product {
namespace {

std::vector<std::uint32_t> sorted(std::vector<std::uint32_t> slots) {
  std::ranges::sort(slots);
  return slots;
}

TEST(TextBlobTest, FindsWhereEveryTermStandsAndNothingAcrossTexts) {
  TextBlob texts;
  texts.set(0, "blue teapot");
  texts.set(1, "blue kettle");
  texts.set(2, "");
  texts.set(3, "teapot, red");
  EXPECT_EQ(sorted(texts.search({"teapot"})), (std::vector<std::uint32_t>{0, 3}));
  EXPECT_EQ(texts.search({"blue", "kettle"}), (std::vector<std::uint32_t>{1}));
  EXPECT_TRUE(texts.search({"potblue"}).empty()) << "the end of one text and the beginning of the next";
  EXPECT_TRUE(texts.search({"kettleteapot"}).empty());
  EXPECT_EQ(texts.text(3), "teapot, red");
  EXPECT_EQ(texts.text(99), "");
}

TEST(TextBlobTest, TheNewestTextOfASlotCounts) {
  TextBlob texts;
  texts.set(5, "old");
  texts.set(5, "new");
  EXPECT_TRUE(texts.search({"old"}).empty());
  EXPECT_EQ(texts.search({"new"}), (std::vector<std::uint32_t>{5}));
  texts.remove(5);
  texts.remove(5);
  EXPECT_TRUE(texts.search({"new"}).empty());
}

TEST(TextBlobTest, DeadTextsAreDroppedInTheEnd) {
  TextBlob texts;
  const std::string long_text(10'000, 'x');
  texts.set(1, "stays");
  for (int i = 0; i < 1000; ++i) texts.set(0, long_text + std::to_string(i));
  EXPECT_LT(texts.bytes(), 1'000'000U);
  EXPECT_EQ(texts.search({"x999"}), (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(texts.search({"stays"}), (std::vector<std::uint32_t>{1}));
}

/// Few letters, so that words agree in part, cross the steps of the search and stand at every place.
TEST(TextBlobTest, FindsWhatAPlainSearchFinds) {
  std::mt19937 random(7);
  const auto letters = [&](std::size_t most) {
    std::string text(random() % (most + 1), 'a');
    for (auto& c : text) c = static_cast<char>('a' + random() % 3);
    return text;
  };
  TextBlob texts;
  std::map<std::uint32_t, std::string> plain;
  for (int step = 0; step < 3000; ++step) {
    const auto slot = static_cast<std::uint32_t>(random() % 60);
    if (random() % 5 == 0) {
      texts.remove(slot);
      plain.erase(slot);
    } else {
      plain[slot] = letters(80);
      texts.set(slot, plain[slot]);
    }
    std::vector<std::string> terms;
    for (auto count = random() % 3 + 1; terms.size() < count;)
      if (auto term = letters(6); !term.empty()) terms.push_back(term);
    std::vector<std::uint32_t> expected;
    for (const auto& [at, text] : plain)
      if (std::ranges::all_of(terms, [&](const auto& term) { return text.contains(term); }))
        expected.push_back(at);
    ASSERT_EQ(sorted(texts.search(terms)), expected) << testing::PrintToString(terms);
  }
}

}  // namespace
}  // namespace cloudcart::product
