#include "adapters/clickhouse/analytics/cube_answer.h"

#include "adapters/clickhouse/analytics/cube_sql.h"
#include "runtime/await_all.h"

namespace cloudcart::analytics {
namespace {

Member member_of(const clickhouse::Row& row, std::size_t column, Dimension dimension) {
  switch (dimension) {
    case Dimension::product:
      return row.id<ProductId>(column);
    case Dimension::category:
      return row.text(column);
    case Dimension::customer: {
      const auto customer = row.id<UserId>(column);
      return customer.value.is_nil() ? Member{NoCustomer{}} : Member{customer};
    }
    case Dimension::status:
      return static_cast<OrderStatus>(row.integer(column));
    default:
      return static_cast<std::uint32_t>(row.integer(column));
  }
}

constexpr std::size_t figure_columns = 13;

SalesFigures figures_of(const clickhouse::Row& row, std::size_t first, const CubeQuery& query) {
  const auto column = [&](std::size_t which) { return row.integer(first + which); };
  SalesFigures figures{.placed_orders = column(0),
                       .placed_units = column(1),
                       .gross = Money{column(2)},
                       .cancelled_orders = column(3),
                       .cancelled_units = column(4),
                       .cancelled = Money{column(5)},
                       .new_customers = column(6),
                       .active_customers = column(7),
                       .repeat_customers = column(8),
                       .shipped_orders = column(9),
                       .shipping_seconds = column(10),
                       .delivered_orders = column(11),
                       .delivering_seconds = column(12)};
  keep_wanted(figures, query);
  return figures;
}

CubeRow row_of(const clickhouse::Row& row, const CubeQuery& query) {
  CubeRow answer;
  for (std::size_t i = 0; i < query.axes.size(); ++i)
    answer.members.push_back(member_of(row, i, query.axes[i].dimension));
  answer.names.resize(query.axes.size());
  answer.figures = figures_of(row, query.axes.size(), query);
  const bool by_customer_alone = query.axes.size() == 1 && query.axes[0].dimension == Dimension::customer;
  if (by_customer_alone && answer.figures.placed_orders > 0)
    answer.last_order_at = from_unix_ms(row.integer(query.axes.size() + figure_columns));
  return answer;
}

bool has_flows(const clickhouse::Row& row, const CubeQuery& query) {
  return row.integer(query.axes.size() + figure_columns + 1) > 0;
}

/// Everything is one group, which is there when something happened.
CubeAnswer answer_without_axes(const clickhouse::Answer& rows, const CubeQuery& query) {
  CubeAnswer answer;
  if (rows.size() == 0 || !has_flows(rows.row(0), query)) return answer;
  auto row = row_of(rows.row(0), query);
  answer.total = row.figures;
  if (!query.only_placed || row.figures.placed_orders > 0) answer.rows.push_back(std::move(row));
  answer.groups = answer.rows.size();
  sort_and_cut(answer.rows, query);
  return answer;
}

}  // namespace

Task<Result<CubeAnswer>> ask_cube(clickhouse::Store& store, CubeQuery query, Snapshot snapshot,
                                  TenantId tenant, Deadline deadline) {
  const CubeSql sql(query, snapshot, tenant);
  std::vector<Task<Result<clickhouse::Answer>>> tasks;
  tasks.push_back(store.ask(sql.groups(), deadline));
  const bool asks_total = !query.axes.empty() && !sql.adds_up();
  if (asks_total) tasks.push_back(store.ask(sql.total(), deadline));
  auto answers = co_await await_all(std::move(tasks));
  CLOUDCART_CO_TRY(const auto rows, std::move(answers[0]));
  if (query.axes.empty()) co_return answer_without_axes(rows, query);
  CubeAnswer answer{.rows = {}, .groups = rows.rows_before_limit(), .total = {}};
  if (answer.groups > max_groups) co_return std::unexpected(too_many_groups());
  for (std::size_t i = 0; i < rows.size(); ++i) answer.rows.push_back(row_of(rows.row(i), query));
  if (asks_total) {
    CLOUDCART_CO_TRY(const auto total, std::move(answers[1]));
    if (total.size() > 0) answer.total = figures_of(total.row(0), 0, query);
  } else if (rows.size() == answer.groups) {
    for (const auto& row : answer.rows) answer.total.add_flows(row.figures);
  } else {
    CLOUDCART_CO_TRY(const auto total, co_await store.ask(sql.total(), deadline));
    if (total.size() > 0) answer.total = figures_of(total.row(0), 0, query);
  }
  sort_and_cut(answer.rows, query);
  co_return answer;
}

}  // namespace cloudcart::analytics
