#include <fstream>

#include <gtest/gtest.h>

#include "app/commands/commands.h"
#include "app/commands/recommend.h"
#include "support/temp_folder.h"

namespace cloudcart::app {
namespace {

using namespace recommendation::offline;

class RecommendTuneTest : public testing::Test {
 protected:
  RecommendTuneTest() {
    std::ofstream(options_.train)
        << "order_id,user_id,ts,item_id,quantity\n"
           "1,ann,2026-01-01,pen,1\n1,ann,2026-01-01,ink,2\n2,bob,2026-01-02,pen,1\n";
  }
  std::string written() const {
    std::ifstream in(*options_.out);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  test::TempFolder folder_;
  RecommendTuneCommand options_{.train = folder_.path() / "train.csv",
                                .out = folder_.path() / "weights.json"};
};

TEST_F(RecommendTuneTest, GivesTheWholeBookAndKeepsWhatWasChosen) {
  std::size_t orders = 0, products = 0;
  const Tuner tuner = [&](const Purchases& history, Words&, const Progress& progress) -> Result<TuneReport> {
    orders = history.orders().size();
    products = history.book().products().size();
    progress(1, 1);
    return TuneReport{.choices = {{"trending", 0.5, 0.25}}};
  };
  EXPECT_EQ(recommend_tune(options_, tuner), exit_ok);
  EXPECT_EQ(orders, 2);
  EXPECT_EQ(products, 2);
  EXPECT_EQ(written(), "{\"weights\":{\"trending\":0.25}}\n");
}

TEST_F(RecommendTuneTest, WritesNothingWhenTheHistorySaysNothing) {
  const Tuner tuner = [](const Purchases&, Words&, const Progress&) -> Result<TuneReport> {
    return fail(ErrorCode::validation_failed, "There are too few orders to hold some back.");
  };
  EXPECT_EQ(recommend_tune(options_, tuner), exit_failed);
  EXPECT_FALSE(std::filesystem::exists(*options_.out));
}

}  // namespace
}  // namespace cloudcart::app
