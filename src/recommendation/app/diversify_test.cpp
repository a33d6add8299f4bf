#include "recommendation/app/diversify.h"

#include <gmock/gmock.h>

#include "support/order_history.h"

namespace cloudcart::recommendation {
namespace {

using testing::ElementsAre;

RecommendedProduct entry(std::string name, std::string category, double score,
                         std::optional<ProductId> because = std::nullopt) {
  return {.product = {.name = std::move(name), .category = std::move(category)},
          .score = score,
          .reason = {ReasonKind::bought_together, because}};
}

std::vector<std::string> names(std::vector<RecommendedProduct> products, std::size_t limit,
                               double diversity) {
  std::vector<std::string> answer;
  for (const auto& product : diversified(std::move(products), limit, diversity))
    answer.push_back(product.product.name);
  return answer;
}

const std::vector cups_and_pans{entry("cup 1", "Cups", 10), entry("cup 2", "Cups", 9.5),
                                entry("cup 3", "Cups", 9), entry("pan 1", "Pans", 6),
                                entry("mat", "Mats", 0)};

TEST(Diversified, NothingChangesWithoutDiversity) {
  EXPECT_THAT(names(cups_and_pans, 3, 0), ElementsAre("cup 1", "cup 2", "cup 3"));
  EXPECT_THAT(names({}, 3, 0.5), ElementsAre());
}

TEST(Diversified, TheMoreDiversityTheMoreCategories) {
  // After cup 1: cup 2 has .7 · .95 - .3 · .5 = .515, pan 1 has .7 · .6 = .42. Then cup 3 has .48.
  EXPECT_THAT(names(cups_and_pans, 3, 0.3), ElementsAre("cup 1", "cup 2", "cup 3"));
  // Cup 2 has .6 · .95 - .4 · .5 = .37, pan 1 has .36; then cup 3 has .34 and pan 1 still .36.
  EXPECT_THAT(names(cups_and_pans, 3, 0.4), ElementsAre("cup 1", "cup 2", "pan 1"));
  EXPECT_THAT(names(cups_and_pans, 4, 1), ElementsAre("cup 1", "pan 1", "mat", "cup 2"));
}

TEST(Diversified, ProductsWithOneCauseAreAlikeToo) {
  const std::vector products{entry("a", "A", 10, test::product(1)), entry("b", "B", 9, test::product(1)),
                             entry("c", "C", 8, test::product(2)), entry("d", "D", 0)};
  EXPECT_THAT(names(products, 4, 0.5), ElementsAre("a", "c", "b", "d"));
}

TEST(Diversified, ProductsWithoutACategoryAreUnlikeAll) {
  EXPECT_THAT(names({entry("a", "", 2), entry("b", "", 2), entry("c", "C", 2)}, 3, 1),
              ElementsAre("a", "b", "c"));
}

}  // namespace
}  // namespace cloudcart::recommendation
