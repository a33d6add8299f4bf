#include "app/commands/promotion_report.h"

#include <algorithm>
#include <map>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/json_writer.h"

namespace cloudcart::app {
namespace {

using order::LedgerDay;
using order::LedgerTotals;
using promotion::TableComparison;
using promotion::TableSum;

void write_sum(JsonWriter& json, const TableSum& sum) {
  json.begin_object().field("rows", sum.rows).field("sha256", sum.sha256);
  for (const auto& [column, total] : sum.sums) json.field(column, total);
  json.end_object();
}

void write_table(JsonWriter& json, const TableComparison& table) {
  json.begin_object()
      .field("service", table.store)
      .field("table", table.table)
      .field("equal", table.equal())
      .field("first_difference", table.first_difference);
  write_sum(json.key("source"), table.source);
  write_sum(json.key("target"), table.target);
  json.end_object();
}

void write_totals(JsonWriter& json, const LedgerTotals& totals) {
  json.begin_object()
      .field("position", totals.position)
      .field("gross", totals.gross)
      .field("cancelled", totals.cancelled)
      .field("orders_placed", totals.orders_placed)
      .field("orders_cancelled", totals.orders_cancelled)
      .field("credit_notes", totals.credit_notes)
      .field("units_ordered", totals.units_ordered)
      .field("units_cancelled", totals.units_cancelled)
      .field("days", static_cast<std::int64_t>(totals.days.size()))
      .end_object();
}

std::string date_of(const LedgerDay& day) {
  return fmt::format("{:%F}", std::chrono::sys_days{day.date});
}

/// Days that are not the same on both sides, with both.
std::map<std::string, std::pair<LedgerDay, LedgerDay>> differing_days(const LedgerTotals& source,
                                                                      const LedgerTotals& target) {
  std::map<std::string, std::pair<LedgerDay, LedgerDay>> days;
  for (const auto& day : source.days) days[date_of(day)].first = day;
  for (const auto& day : target.days) days[date_of(day)].second = day;
  std::erase_if(days, [](const auto& entry) { return entry.second.first == entry.second.second; });
  return days;
}

void write_ledger(JsonWriter& json, const PromotionReport& report) {
  json.begin_object().field("equal", report.source_ledger == report.target_ledger);
  write_totals(json.key("source"), report.source_ledger);
  write_totals(json.key("target"), report.target_ledger);
  json.key("differing_days").begin_array();
  for (const auto& [date, sides] : differing_days(report.source_ledger, report.target_ledger)) {
    json.begin_object().field("date", date);
    const auto write_day = [&](std::string_view side, const LedgerDay& day) {
      json.key(side).begin_object().field("gross", day.gross).field("cancelled", day.cancelled).end_object();
    };
    write_day("source", sides.first);
    write_day("target", sides.second);
    json.end_object();
  }
  json.end_array().end_object();
}

std::string verdict(const TableComparison& table) {
  if (table.equal()) return "equal";
  return fmt::format("DIFFERENT: {} there, from the row ({}) on", table.target.rows,
                     table.first_difference.value_or("?"));
}

}  // namespace

bool PromotionReport::equal() const {
  return source_ledger == target_ledger && std::ranges::all_of(tables, &TableComparison::equal);
}

std::string to_json(const PromotionReport& report) {
  JsonWriter json;
  json.begin_object()
      .field("equal", report.equal())
      .field("was_finished", report.was_finished)
      .field("copied_rows", report.copied)
      .field("copy_seconds", report.copy_seconds)
      .field("compare_seconds", report.compare_seconds);
  json.key("tables").begin_array();
  for (const auto& table : report.tables) write_table(json, table);
  json.end_array();
  write_ledger(json.key("ledger"), report);
  json.end_object();
  return std::move(json).str();
}

std::string to_text(const PromotionReport& report) {
  std::string text = report.was_finished
                         ? "This shop has been promoted before; nothing was copied.\n"
                         : fmt::format("Copied {} rows in {:.1f} s.\n", report.copied, report.copy_seconds);
  text += fmt::format("Compared every value in {:.1f} s:\n", report.compare_seconds);
  for (const auto& table : report.tables)
    text += fmt::format("  {:<8} {:<21} {:>12} rows  {}\n", table.store, table.table, table.source.rows,
                        verdict(table));
  const auto& ledger = report.source_ledger;
  text += fmt::format("  ledger of orders: {} gross, {} cancelled, {} days  {}\n", ledger.gross.to_string(),
                      ledger.cancelled.to_string(), ledger.days.size(),
                      ledger == report.target_ledger ? "equal" : "DIFFERENT");
  if (report.equal())
    text += "Both hold the same. Carry the token secret along (jwt.secret, by auth.jwt_secret_file).\n";
  else
    text += "They are NOT the same; --json tells both.\n";
  return text;
}

}  // namespace cloudcart::app
