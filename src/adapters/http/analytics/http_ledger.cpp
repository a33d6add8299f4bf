#include "adapters/http/analytics/http_ledger.h"

#include <limits>

#include "core/json_reader.h"
#include "core/json_writer.h"

namespace cloudcart::analytics {
namespace {

/// More than there are between 1970 and 2200.
constexpr std::size_t most_days = 100'000;
constexpr TextRule date_rule{.min = 10, .max = 10};

std::int64_t count(FieldReader& fields, std::string_view name) {
  return fields.integer(name, 0, std::numeric_limits<std::int64_t>::max());
}

Money amount(FieldReader& fields, std::string_view name) {
  return fields.money(name, Money{}, Money{std::numeric_limits<std::int64_t>::max()});
}

void read_day(FieldReader& fields, Totals& totals) {
  const auto date = parse_date(fields.text("date", date_rule));
  const SalesFigures figures{.gross = amount(fields, "gross"), .cancelled = amount(fields, "cancelled")};
  if (!date || !totals.by_utc_day.emplace(std::chrono::sys_days{*date}, figures).second)
    fields.add_error("date", "must be a date that no other day has");
}

std::optional<Totals> read_totals(const boost::json::value& data) {
  std::vector<FieldError> errors;
  FieldReader fields(data, "", errors);
  Totals totals{.position = count(fields, "position"),
                .all = {.placed_orders = count(fields, "orders_placed"),
                        .placed_units = count(fields, "units_ordered"),
                        .gross = amount(fields, "gross"),
                        .cancelled_orders = count(fields, "orders_cancelled"),
                        .cancelled_units = count(fields, "units_cancelled"),
                        .cancelled = amount(fields, "cancelled")},
                .by_utc_day = {},
                .dead_letters = {}};
  if (const auto* days = fields.array("days", 0, most_days)) {
    for (const auto& day : *days) {
      FieldReader reader(day, "days.", errors);
      read_day(reader, totals);
    }
  }
  return errors.empty() ? std::optional{std::move(totals)} : std::nullopt;
}

}  // namespace

Task<Result<Totals>> HttpLedger::totals(TenantId tenant, Deadline deadline) {
  JsonWriter json;
  json.begin_object().field("tenant", tenant.value).end_object();
  const auto data = co_await order_service_.post(std::move(tenant), "/internal/orders/ledger",
                                                 std::move(json).str(), deadline);
  if (!data) {
    auto error = http::ServiceCaller::for_caller(data.error(), {});
    // A read: nothing happened that would have to be found out about.
    if (error.code == ErrorCode::outcome_unknown) error.code = ErrorCode::unavailable;
    co_return fail(std::move(error));
  }
  auto totals = read_totals(*data);
  if (!totals) co_return fail(ErrorCode::unavailable, "The order service's answer is not understood.");
  co_return *std::move(totals);
}

}  // namespace cloudcart::analytics
