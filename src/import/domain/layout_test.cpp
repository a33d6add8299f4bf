#include "import/domain/layout.h"

#include <gtest/gtest.h>

#include "core/text.h"

namespace cloudcart::history {
namespace {

Result<ColumnMap> header(std::string_view names) {
  const auto fields = split(names, ',');
  return ColumnMap::read_header(fields);
}

SourceLine read(std::string_view names, const std::vector<std::string_view>& fields) {
  return header(names).value().read(fields).value();
}

TEST(LayoutTest, TheRetailLayouts) {
  for (const auto* names :
       {"invoice,stock_code,description,quantity,invoice_date,unit_price,customer_id,country",
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country"}) {
    const auto line =
        read(names, {"536365", "85123A", "HOLDER", "6", "2010-12-01", "2.55", "17850", "France"});
    EXPECT_EQ(line.layout, Layout::retail);
    EXPECT_EQ(line.order, "536365");
    EXPECT_EQ(line.product, "85123A");
    EXPECT_EQ(line.name, "HOLDER");
    EXPECT_EQ(line.quantity, "6");
    EXPECT_EQ(line.time, "2010-12-01");
    EXPECT_EQ(line.price, "2.55");
    EXPECT_EQ(line.customer, "17850");
    EXPECT_EQ(line.country, "France");
    EXPECT_EQ(line.category, "");
  }
}

TEST(LayoutTest, ThePlainLayoutWithAndWithoutNames) {
  const auto bare = read("order_id,user_id,ts,item_id,quantity,unit_price", {"o", "u", "t", "i", "q", "p"});
  EXPECT_EQ(bare.layout, Layout::plain);
  EXPECT_EQ(bare.order, "o");
  EXPECT_EQ(bare.customer, "u");
  EXPECT_EQ(bare.time, "t");
  const auto named = read("order_id,user_id,ts,item_id,quantity,unit_price,product_name,category",
                          {"o", "u", "t", "i", "q", "p", "Teapot", "Kitchen"});
  EXPECT_EQ(named.name, "Teapot");
  EXPECT_EQ(named.category, "Kitchen");
}

TEST(LayoutTest, AnyOrderCaseAndFurtherColumns) {
  const auto line =
      read("UNIT PRICE,note,Item-ID, Ts ,User_Id,quantity,ORDERID", {" 1 ", "x", "i", "t", "u", "2", "o"});
  EXPECT_EQ(line.price, "1") << "without the space around it";
  EXPECT_EQ(line.order, "o");
}

TEST(LayoutTest, ALineOfAnotherLengthIsNone) {
  const auto map = header("order_id,user_id,ts,item_id,quantity,unit_price").value();
  EXPECT_FALSE(map.read(std::vector<std::string_view>{"1", "2", "3", "4", "5"}));
  EXPECT_FALSE(map.read(std::vector<std::string_view>(7, "1")));
}

TEST(LayoutTest, AnUnknownHeaderNamesWhatWasFoundAndWhatIsAccepted) {
  const auto unknown = header(
      "date,item,\x01"
      "amount\xE9");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::validation_failed);
  const auto& message = unknown.error().message;
  EXPECT_NE(message.find("Found: date, item, amounté."), std::string::npos) << message;
  EXPECT_NE(message.find("Customer ID"), std::string::npos) << message;
  EXPECT_NE(message.find("order_id,user_id,ts"), std::string::npos) << message;

  const auto semicolons = header("order_id;user_id;ts;item_id;quantity;unit_price");
  EXPECT_NE(semicolons.error().message.find("separated by commas"), std::string::npos);

  std::string many = "c";
  for (int i = 0; i < 200; ++i) many += "," + std::string(1000, 'x');
  EXPECT_LT(header(many).error().message.size(), 2000U);
}

TEST(LayoutTest, AColumnNamedTwiceIsRefused) {
  const auto twice = header("order_id,user_id,ts,item_id,quantity,unit_price,Order ID");
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().message.find("\"orderid\" twice"), std::string::npos) << twice.error().message;
  EXPECT_FALSE(
      header("Invoice,StockCode,Description,Quantity,InvoiceDate,Price,UnitPrice,Customer ID,Country"));
}

}  // namespace
}  // namespace cloudcart::history
