#include "import/domain/line_collector.h"

#include <gtest/gtest.h>

namespace cloudcart::history {
namespace {

SourceLine retail(std::string_view order, std::string_view product, std::string_view quantity,
                  std::string_view price) {
  return {.layout = Layout::retail,
          .order = order,
          .customer = "17850",
          .time = "2010-12-01 08:26:00",
          .product = product,
          .quantity = quantity,
          .price = price,
          .name = "A NAME",
          .country = "France"};
}

SourceLine plain(std::string_view order, std::string_view product, std::string_view quantity,
                 std::string_view price) {
  auto line = retail(order, product, quantity, price);
  line.layout = Layout::plain;
  return line;
}

class LineCollectorTest : public testing::Test {
 protected:
  LineCollector collector_{{.not_products = {" gift* ", "Wrap"}}};

  std::optional<LeftOut> fate(const SourceLine& line) { return collector_.add(line).left_out; }
};

TEST_F(LineCollectorTest, KeepsWhatCounts) {
  EXPECT_EQ(fate(retail("536365", "85123a", "6", "2.55")), std::nullopt);
  EXPECT_EQ(fate(retail("C536379", "85123A", "-1", "2.55")), std::nullopt);
  ASSERT_EQ(collector_.lines().size(), 2U);
  EXPECT_EQ(collector_.lines()[1].quantity, 1) << "above zero on cancellations, too";
  EXPECT_FALSE(collector_.documents()[0].is_cancellation);
  EXPECT_TRUE(collector_.documents()[1].is_cancellation);
  ASSERT_EQ(collector_.products().size(), 1U) << "codes in any case are one product";
  EXPECT_EQ(collector_.products()[0].sku, "85123A");
}

TEST_F(LineCollectorTest, EachReasonToLeaveALineOut) {
  auto missing = retail("536365", "", "6", "2.55");
  EXPECT_EQ(fate(missing), LeftOut::missing_field);
  EXPECT_EQ(fate(retail("", "85123A", "6", "2.55")), LeftOut::missing_field);
  EXPECT_EQ(fate(retail("536365", "85123A", "", "2.55")), LeftOut::missing_field);
  EXPECT_EQ(fate(retail("536365", "85123A", "6", "")), LeftOut::missing_field);
  auto undated = retail("536365", "85123A", "6", "2.55");
  undated.time = "";
  EXPECT_EQ(fate(undated), LeftOut::missing_field);
  undated.time = "soon";
  EXPECT_EQ(fate(undated), LeftOut::unreadable_date);

  EXPECT_EQ(fate(retail(std::string(101, '9'), "85123A", "6", "2.55")), LeftOut::unusable_text);
  EXPECT_EQ(fate(retail("536365", "85\x01", "6", "2.55")), LeftOut::unusable_text);
  EXPECT_EQ(fate(retail("536365", "85123A", "six", "2.55")), LeftOut::unreadable_number);
  EXPECT_EQ(fate(retail("536365", "85123A", "6", "free")), LeftOut::unreadable_number);
  EXPECT_EQ(fate(retail("A563185", "B", "1", "11062.06")), LeftOut::adjustment_invoice);
  EXPECT_EQ(fate(retail("536365", "85123A", "6", "0.00")), LeftOut::price_not_positive);
  EXPECT_EQ(fate(retail("536365", "85123A", "6", "-1")), LeftOut::price_not_positive);
  EXPECT_EQ(fate(retail("536365", "85123A", "6", "0.001")), LeftOut::price_too_fine);
  EXPECT_EQ(fate(retail("536365", "85123A", "0", "2.55")), LeftOut::quantity_not_positive);
  EXPECT_EQ(fate(retail("536365", "85123A", "-6", "2.55")), LeftOut::quantity_not_positive);
  EXPECT_EQ(fate(retail("C536365", "85123A", "0", "2.55")), LeftOut::quantity_not_negative);
  EXPECT_EQ(fate(retail("c536365", "85123A", "6", "2.55")), LeftOut::quantity_not_negative);
  EXPECT_EQ(fate(retail("536365", "85123A", "1000000000", "10.01")), LeftOut::amount_too_large);
  EXPECT_EQ(fate(retail("536365", "85123A", "1000000000", "99999999.99")), LeftOut::amount_too_large);
  EXPECT_TRUE(collector_.lines().empty());
  for (const auto& document : collector_.documents()) EXPECT_EQ(document.lines, 0U);
}

TEST_F(LineCollectorTest, CodesThatAreNoProducts) {
  for (const auto* code : {"POST", "dot", "M", "m", "D", "S", "B", "C2", "C3", "BANK CHARGES", "AMAZONFEE",
                           "CRUK", "PADS", "ADJUST", "ADJUST2", "TEST001", "GIFT_0001_20", "wrap"})
    EXPECT_EQ(fate(retail("536365", code, "1", "2.55")), LeftOut::not_a_product) << code;
  for (const auto* code : {"POSTCARD", "DOTS", "MM", "DCGS0003", "C4", "WRAPPER"})
    EXPECT_EQ(fate(retail("536365", code, "1", "2.55")), std::nullopt) << code;
}

TEST_F(LineCollectorTest, ThePlainLayoutHasNoCodesAndPrefixesOfItsOwn) {
  EXPECT_EQ(fate(plain("C100", "M", "1", "2.55")), std::nullopt);
  EXPECT_EQ(fate(plain("A100", "POST", "1", "2.55")), std::nullopt);
  EXPECT_EQ(fate(plain("100", "M", "-1", "2.55")), std::nullopt);
  EXPECT_EQ(fate(plain("100", "M", "0", "2.55")), LeftOut::quantity_not_positive);
  EXPECT_EQ(fate(plain("100", "WRAP", "1", "2.55")), LeftOut::not_a_product) << "the shop's own list";
  ASSERT_EQ(collector_.documents().size(), 4U);
  EXPECT_FALSE(collector_.documents()[0].is_cancellation) << "C100 is a sale";
  EXPECT_TRUE(collector_.documents()[2].is_cancellation) << "100 with a negative quantity";
  EXPECT_FALSE(collector_.documents()[3].is_cancellation) << "100 with others is another document";
}

TEST_F(LineCollectorTest, TellsTheAmountLeftOut) {
  EXPECT_EQ(collector_.add(retail("536365", "POST", "3", "18.00")).amount, Money{5400});
  EXPECT_EQ(collector_.add(retail("C536365", "D", "-1", "27.50")).amount, Money{-2750});
  EXPECT_EQ(collector_.add(retail("536365", "POST", "many", "18.00")).amount, Money{0});
}

TEST_F(LineCollectorTest, AnOrdersTimeIsItsEarliestLineAndItsCustomerTheFirstNamed) {
  auto line = plain("100", "1", "1", "2.55");
  line.customer = "";
  fate(line);
  line.time = "2010-12-01 08:25:00";
  line.customer = "17850.0";
  fate(line);
  line.time = "2010-12-01 08:27:00";
  line.customer = "9";
  fate(line);
  const auto& order = collector_.documents()[0];
  EXPECT_EQ(to_rfc3339(order.time), "2010-12-01T08:25:00.000Z");
  EXPECT_EQ(collector_.customers()[order.customer], "17850") << "without the .0 of spreadsheets";
  EXPECT_EQ(order.lines, 3U);
}

TEST_F(LineCollectorTest, APriceIsThatOfTheLastSale) {
  auto line = retail("1", "10", "1", "2.00");
  line.time = "2011-01-02 10:00";
  fate(line);
  line = retail("2", "10", "1", "1.00");
  line.time = "2011-01-01 10:00";
  fate(line);
  line = retail("C3", "10", "-1", "9.00");
  line.time = "2011-01-03 10:00";
  fate(line);
  EXPECT_EQ(collector_.products()[0].price, Money{200});
  EXPECT_EQ(to_rfc3339(collector_.products()[0].first_seen), "2011-01-01T10:00:00.000Z");

  line.product = "20";
  fate(line);
  EXPECT_EQ(collector_.products()[1].price, Money{900}) << "never sold: of its cancellation";
  line = retail("4", "20", "1", "3.00");
  line.time = "2010-01-03 10:00";
  fate(line);
  EXPECT_EQ(collector_.products()[1].price, Money{300}) << "any sale before any cancellation";
}

TEST_F(LineCollectorTest, IsFullAtItsBound) {
  LineCollector small({.max_lines = 2});
  small.add(retail("1", "10", "1", "2.00"));
  EXPECT_FALSE(small.is_full());
  small.add(retail("1", "11", "1", "2.00"));
  EXPECT_TRUE(small.is_full());
}

TEST(StockNoteTest, NotesAndNames) {
  for (const auto* note : {"", "?", "??", "?missing", "sold as sets?", "damaged", "Damages/samples", "check",
                           "thrown away", "sold as set on dotcom", "wet/rusty", "adjustment", "lost"})
    EXPECT_TRUE(is_stock_note(note)) << note;
  for (const auto* name : {"WHITE METAL LANTERN", "LOST PROPERTY BOX", "Blue Teapot", "Testimonial frame",
                           "FOUND OBJECT", "Wetsuit", "BAG 125g SWIRLY MARBLES"})
    EXPECT_FALSE(is_stock_note(name)) << name;
}

TEST(ProductNamesTest, TheMostFrequentGoodDescription) {
  ProductNames names;
  const auto day = [](int n) { return Timestamp{std::chrono::days{n}}; };
  for (int i = 0; i < 5; ++i) names.vote(0, "damaged", true, day(i));
  names.vote(0, "RED  LANTERN ", true, day(1));
  names.vote(1, "OLD NAME", true, day(1));
  names.vote(1, "NEW NAME", true, day(2));
  names.vote(2, "A", false, day(1));
  names.vote(2, "A", false, day(1));
  names.vote(2, "SOLD AS THIS", true, day(1));
  names.vote(3, "?", true, day(1));
  names.vote(4, "", true, day(1));
  EXPECT_EQ(names.choose(6),
            (std::vector<std::string>{"RED LANTERN", "NEW NAME", "SOLD AS THIS", "?", "", ""}));
}

}  // namespace
}  // namespace cloudcart::history
