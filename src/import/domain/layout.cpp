#include "import/domain/layout.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "import/domain/clean_text.h"

namespace cloudcart::history {
namespace {

struct KnownColumn {
  std::string_view SourceLine::* member;
  std::array<std::string_view, 2> names;  ///< as normalised() writes them; the second may be empty
  bool required;

  bool goes_by(std::string_view name) const {
    return !name.empty() && (name == names[0] || name == names[1]);
  }
};

constexpr std::array retail_columns{
    KnownColumn{&SourceLine::order, {"invoice", "invoiceno"}, true},
    KnownColumn{&SourceLine::product, {"stockcode"}, true},
    KnownColumn{&SourceLine::name, {"description"}, true},
    KnownColumn{&SourceLine::quantity, {"quantity"}, true},
    KnownColumn{&SourceLine::time, {"invoicedate"}, true},
    KnownColumn{&SourceLine::price, {"unitprice", "price"}, true},
    KnownColumn{&SourceLine::customer, {"customerid"}, true},
    KnownColumn{&SourceLine::country, {"country"}, false},
};
constexpr std::array plain_columns{
    KnownColumn{&SourceLine::order, {"orderid"}, true},
    KnownColumn{&SourceLine::customer, {"userid"}, true},
    KnownColumn{&SourceLine::time, {"ts"}, true},
    KnownColumn{&SourceLine::product, {"itemid"}, true},
    KnownColumn{&SourceLine::quantity, {"quantity"}, true},
    KnownColumn{&SourceLine::price, {"unitprice"}, true},
    KnownColumn{&SourceLine::name, {"productname"}, false},
    KnownColumn{&SourceLine::category, {"category"}, false},
};

constexpr std::string_view accepted =
    "Accepted are, in any order and case: "
    "invoice,stock_code,description,quantity,invoice_date,unit_price,customer_id,country; "
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country; "
    "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country; "
    "order_id,user_id,ts,item_id,quantity,unit_price and optionally product_name,category.";

std::string normalised(std::string_view name) {
  std::string out = ascii_lower(name);
  std::erase_if(out, [](char c) { return c == ' ' || c == '_' || c == '-' || c == '\t'; });
  return out;
}

/// What the file has, short enough to show, whatever bytes it is made of.
std::string shown(std::span<const std::string_view> names) {
  constexpr std::size_t most = 20;
  std::string out;
  for (const auto& name : names.first(std::min(names.size(), most))) {
    if (!out.empty()) out += ", ";
    out += clean_text(is_valid_utf8(name) ? std::string{name} : latin1_to_utf8(name), 40);
  }
  if (names.size() > most) out += ", …";
  return out;
}

std::unexpected<Error> refuse(std::string_view reason, std::span<const std::string_view> names) {
  std::string_view hint;
  if (names.size() == 1 && names[0].find_first_of(";\t|") != std::string_view::npos)
    hint = " Columns must be separated by commas.";
  return fail(ErrorCode::validation_failed,
              fmt::format("{} Found: {}.{} {}", reason, shown(names), hint, accepted));
}

}  // namespace

Result<ColumnMap> ColumnMap::read_header(std::span<const std::string_view> names) {
  std::vector<std::string> found;
  for (const auto name : names) found.push_back(normalised(name));

  const auto times_found = [&](const KnownColumn& column) {
    return std::ranges::count_if(found, [&](const std::string& name) { return column.goes_by(name); });
  };
  const auto fits = [&](std::span<const KnownColumn> columns) {
    return std::ranges::all_of(
        columns, [&](const auto& column) { return !column.required || times_found(column) > 0; });
  };

  ColumnMap map;
  std::span<const KnownColumn> columns;
  if (fits(retail_columns)) {
    map.layout_ = Layout::retail;
    columns = retail_columns;
  } else if (fits(plain_columns)) {
    columns = plain_columns;
  } else {
    return refuse("The first line does not name the columns of a known layout.", names);
  }
  map.width_ = names.size();
  for (const auto& column : columns) {
    const auto at =
        std::ranges::find_if(found, [&](const std::string& name) { return column.goes_by(name); });
    if (at == found.end()) continue;
    if (times_found(column) > 1)
      return refuse("The first line names the column \"" + *at + "\" twice.", names);
    map.columns_[map.column_count_++] = {column.member, static_cast<std::size_t>(at - found.begin())};
  }
  return map;
}

std::optional<SourceLine> ColumnMap::read(std::span<const std::string_view> fields) const {
  if (fields.size() != width_) return std::nullopt;
  SourceLine line{.layout = layout_};
  for (const auto& column : std::span{columns_}.first(column_count_))
    line.*column.member = trim(fields[column.index]);
  return line;
}

}  // namespace cloudcart::history
