#include "import/domain/import_report.h"

#include <fmt/format.h>

#include "core/json_writer.h"

namespace cloudcart::history {
namespace {

/// "1234567.89" → "1,234,567.89"; whole numbers likewise.
std::string grouped(std::string number) {
  const auto point = std::min(number.find('.'), number.size());
  const std::size_t first_digit = number.starts_with('-') ? 1 : 0;
  for (std::size_t at = point; at > first_digit + 3; at -= 3) number.insert(at - 3, 1, ',');
  return number;
}

std::string grouped(std::uint64_t number) {
  return grouped(std::to_string(number));
}
std::string grouped(Money amount) {
  return grouped(amount.to_string());
}

void write_left_out(JsonWriter& json, const ImportReport& report) {
  json.key("left_out").begin_array();
  for (std::size_t i = 0; i < left_out_reasons; ++i) {
    const auto& lines = report.left_out[i];
    if (lines.lines == 0) continue;
    json.begin_object().field("reason", to_string(static_cast<LeftOut>(i))).field("lines", lines.lines);
    json.field("amount", lines.amount).field("example", lines.example).end_object();
  }
  json.end_array();
}

std::uint64_t left_out_lines(const ImportReport& report) {
  return report.lines - report.lines_kept;
}

}  // namespace

std::string to_json(const ImportReport& report) {
  const bool has_orders = report.sales + report.credit_notes > 0;
  JsonWriter json;
  json.begin_object().field("source", report.source).field("files", std::uint64_t{report.files});
  json.field("lines", report.lines).field("lines_kept", report.lines_kept);
  json.field("lines_left_out", left_out_lines(report)).field("latin1_fields", report.latin1_fields);
  write_left_out(json, report);
  json.field("orders_left_out", report.orders_left_out);
  json.field("sales", report.sales).field("cancelled_sales", report.cancelled_sales);
  json.field("credit_notes", report.credit_notes).field("customers", report.customers);
  json.field("guests", report.guests).field("products", report.products);
  json.key("new").begin_object().field("orders", report.new_orders).field("customers", report.new_customers);
  json.field("products", report.new_products).end_object();
  json.field("currency", report.currency.code()).field("gross", report.gross);
  json.field("cancelled", report.cancelled).field("net", report.net);
  json.field("first_order", has_orders ? std::optional{report.first_order} : std::nullopt);
  json.field("last_order", has_orders ? std::optional{report.last_order} : std::nullopt);
  json.field("shift_days", report.shift_days);
  json.field("seconds", static_cast<double>(report.took.count()) / 1000).end_object();
  return std::move(json).str();
}

std::string to_text(const ImportReport& report) {
  std::string text;
  const auto line = [&]<class... Args>(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
    text += '\n';
  };
  line("Read {} lines of {} file{} in {:.1f} s; {} count.", grouped(report.lines), report.files,
       report.files == 1 ? "" : "s", static_cast<double>(report.took.count()) / 1000,
       grouped(report.lines_kept));
  line("{:>13} sales, {} of them cancelled later as a whole", grouped(report.sales),
       grouped(report.cancelled_sales));
  line("{:>13} credit notes (cancellations of parts)", grouped(report.credit_notes));
  line("{:>13} customers, and {} guests", grouped(report.customers), grouped(report.guests));
  line("{:>13} products", grouped(report.products));
  line("New: {} orders, {} customers, {} products.", grouped(report.new_orders),
       grouped(report.new_customers), grouped(report.new_products));
  line("Gross {} - cancelled {} = net {} {}.", grouped(report.gross), grouped(report.cancelled),
       grouped(report.net), report.currency.code());
  if (report.sales + report.credit_notes > 0) {
    line("Orders from {} to {}{}.", to_rfc3339(report.first_order), to_rfc3339(report.last_order),
         report.shift_days == 0
             ? ""
             : fmt::format(", moved by {} days", grouped(std::to_string(report.shift_days))));
  }
  if (report.latin1_fields > 0)
    line("{} fields were no UTF-8 and were read as Latin-1.", grouped(report.latin1_fields));
  if (left_out_lines(report) == 0) return text;
  line("Left out: {} lines, and with them {} orders that had no others.", grouped(left_out_lines(report)),
       grouped(report.orders_left_out));
  for (std::size_t i = 0; i < left_out_reasons; ++i) {
    const auto& left_out = report.left_out[i];
    if (left_out.lines == 0) continue;
    line("{:>13} {}: {} {}; first at {}", grouped(left_out.lines), describe(static_cast<LeftOut>(i)),
         grouped(left_out.amount), report.currency.code(), left_out.example);
  }
  return text;
}

}  // namespace cloudcart::history
