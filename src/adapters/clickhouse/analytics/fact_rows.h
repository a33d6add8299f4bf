#pragma once

#include <map>
#include <string>

#include "adapters/clickhouse/analytics/known_facts.h"
#include "adapters/clickhouse/store/sql.h"

namespace cloudcart::analytics {

/// Name of a table, and rows as RowWriter makes them.
using TableRows = std::pair<std::string, std::string>;

/// Makes the rows of the records of one generation, in the order of the columns of migrations/clickhouse/analytics. Rows
/// follow from the records and from what came before them in the log, whoever makes them and however often.
class FactRows {
 public:
  explicit FactRows(std::uint64_t generation) : generation_(generation) {}

  /// The event itself, as it is found by its order and by its place in the log.
  void add_event(const events::LogRecord& record);
  /// What follows from it; `known` holds it too, and learns of first orders.
  void add_facts(const events::LogRecord& record, KnownFacts& known);

  /// By table, in the order in which they are to be stored.
  std::vector<TableRows> take_facts();
  std::string take_events() { return events_.take(); }
  /// As logged_events.h reads them.
  std::string take_logged() { return logged_.take(); }

 private:
  /// A row of `flow`.
  struct Flow {
    std::uint8_t kind;
    Timestamp at;
    UserId customer;
    std::int64_t units = 0;
    Money amount;
    std::int64_t seconds = 0;
    bool is_record = false;
  };

  void add_logged(const events::LogRecord& record);
  void add_flow(const events::OrderEvent& event, const Flow& flow, std::int64_t position);
  void add_lines(const events::OrderEvent& event, const Flow& flow, std::int64_t position);
  void add_sale(const events::LogRecord& record, EventType type, KnownFacts& known);
  void add_passage(const events::OrderEvent& event, EventType type, const KnownFacts& known);
  void note_names(const events::OrderEvent& event);
  void write_names();

  const std::uint64_t generation_;
  clickhouse::RowWriter events_, logged_, flows_, lines_, first_orders_, names_;
  std::map<std::tuple<TenantId, ProductId, std::string>, Timestamp> named_at_;
};

}  // namespace cloudcart::analytics
