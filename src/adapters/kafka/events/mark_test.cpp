#include "adapters/kafka/events/mark.h"

#include <gtest/gtest.h>

namespace cloudcart::kafka {
namespace {

TEST(MarkTest, ReadsBack) {
  const Mark mark{
      .cluster = "x1-_Z",
      .behind = {
          {{"order.created", 0}, 7}, {{"order.created", 3}, 1LL << 40}, {{"shop.order.shipped", 1}, 2}}};
  EXPECT_EQ(mark.text(), "x1-_Z order.created=7,0,0,1099511627776 shop.order.shipped=0,2");
  EXPECT_EQ(Mark::parse(mark.text()), mark);
  EXPECT_EQ(Mark::parse("x"), (Mark{.cluster = "x", .behind = {}}));
}

TEST(MarkTest, OthersAreRefused) {
  for (const auto* text : {"", " a=1", "x a", "x =1", "x a=", "x a=1,b", "x a=-1", "x a=1 "})
    EXPECT_EQ(Mark::parse(text), std::nullopt) << text;
}

}  // namespace
}  // namespace cloudcart::kafka
