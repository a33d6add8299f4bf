#include "import/domain/import_report.h"

#include <set>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace cloudcart::history {
namespace {

ImportReport example() {
  ImportReport report{.source = "import",
                      .files = 1,
                      .lines = 541'909,
                      .lines_kept = 541'907,
                      .latin1_fields = 3,
                      .orders_left_out = 1,
                      .sales = 19'773,
                      .cancelled_sales = 116,
                      .credit_notes = 3'306,
                      .customers = 4'362,
                      .guests = 1'410,
                      .products = 3'817,
                      .new_orders = 5,
                      .currency = Currency::parse("GBP").value(),
                      .gross = Money{1'027'211'887},
                      .cancelled = Money{47'872'418},
                      .net = Money{979'339'469},
                      .first_order = parse_rfc3339("2010-12-01T08:26:00Z").value(),
                      .last_order = parse_rfc3339("2011-12-09T12:50:00Z").value(),
                      .shift_days = 5'463,
                      .took = milliseconds{1'250}};
  report.left_out[static_cast<std::size_t>(LeftOut::not_a_product)] = {
      .lines = 2, .amount = Money{-3'458'470}, .example = "shop.csv, line 47"};
  return report;
}

TEST(ImportReportTest, Text) {
  EXPECT_EQ(to_text(example()),
            "Read 541,909 lines of 1 file in 1.2 s; 541,907 count.\n"
            "       19,773 sales, 116 of them cancelled later as a whole\n"
            "        3,306 credit notes (cancellations of parts)\n"
            "        4,362 customers, and 1,410 guests\n"
            "        3,817 products\n"
            "New: 5 orders, 0 customers, 0 products.\n"
            "Gross 10,272,118.87 - cancelled 478,724.18 = net 9,793,394.69 GBP.\n"
            "Orders from 2010-12-01T08:26:00.000Z to 2011-12-09T12:50:00.000Z, moved by 5,463 days.\n"
            "3 fields were no UTF-8 and were read as Latin-1.\n"
            "Left out: 2 lines, and with them 1 orders that had no others.\n"
            "            2 not a product (postage, fees, discounts …): -34,584.70 GBP; first at shop.csv, "
            "line 47\n");
}

TEST(ImportReportTest, TextOfNothing) {
  const auto text = to_text({.source = "import", .files = 2});
  EXPECT_EQ(text.find("Orders from"), std::string::npos);
  EXPECT_EQ(text.find("Left out"), std::string::npos);
}

TEST(ImportReportTest, Json) {
  const auto json = boost::json::parse(to_json(example()));
  EXPECT_EQ(json.at("lines_left_out").as_int64(), 2);
  EXPECT_EQ(json.at("net").as_string(), "9793394.69");
  EXPECT_EQ(json.at("first_order").as_string(), "2010-12-01T08:26:00.000Z");
  EXPECT_EQ(json.at("new").at("orders").as_int64(), 5);
  ASSERT_EQ(json.at("left_out").as_array().size(), 1U);
  EXPECT_EQ(json.at("left_out").at(0).at("reason").as_string(), "not_a_product");
  EXPECT_EQ(json.at("left_out").at(0).at("amount").as_string(), "-34584.70");
  EXPECT_TRUE(boost::json::parse(to_json({})).at("first_order").is_null());
}

TEST(ImportReportTest, EveryReasonHasItsWord) {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < left_out_reasons; ++i) {
    words.insert(to_string(static_cast<LeftOut>(i)));
    EXPECT_FALSE(describe(static_cast<LeftOut>(i)).empty());
  }
  EXPECT_EQ(words.size(), left_out_reasons);
}

}  // namespace
}  // namespace cloudcart::history
