#include "analytics/app/get_product_report.h"

#include <algorithm>

#include "analytics/domain/report_queries.h"
#include "runtime/executor.h"

namespace cloudcart::analytics {
namespace {

constexpr int default_days = 30;
/// A report goes out without the stock rather than late.
constexpr milliseconds stock_patience{500};

std::vector<ProductId> products_of(const CubeAnswer& answer) {
  std::vector<ProductId> products;
  for (const auto& row : answer.rows) products.push_back(std::get<ProductId>(row.members[0]));
  return products;
}

std::vector<ProductId> products_of(const ProductReport& report) {
  std::vector<ProductId> products;
  for (const auto& row : report.rows) products.push_back(row.movement.product);
  return products;
}

}  // namespace

Task<Result<ProductReport>> GetProductReport::operator()(Caller caller, ProductReportRequest request) {
  const auto now = sources_.clock.now();
  std::optional<Extent> extent;
  if (!request.period.dates) {
    CLOUDCART_CO_TRY(extent, co_await sources_.cube.extent(caller.tenant, caller.deadline));
  }
  auto period = latest_days(request.period, default_days, sources_.shop.time_zone, now, extent);
  const auto periods = TwoPeriods::of(period);
  CLOUDCART_CO_TRY(auto compared, request.order == ProductOrder::top
                                      ? co_await top(caller, periods, request.limit)
                                      : co_await falling(caller, periods, request.limit));
  ProductReport report{.frame =
                           co_await frame_of(sources_, caller, std::move(period), now, compared.progress)};
  for (auto& movement : compared.movements) report.rows.push_back({std::move(movement), {}, {}});
  co_await add_stock(std::move(caller), report);
  co_return report;
}

/// The products are chosen first and compared then: all figures of the answer are of one state, only which products
/// they are about is of one that may be a moment older.
Task<Result<GetProductReport::Compared>> GetProductReport::top(Caller caller, TwoPeriods periods,
                                                               std::size_t limit) {
  CubeQuestions question{.queries = {top_products_query(periods.now, limit)}};
  CLOUDCART_CO_TRY(const auto answers,
                   co_await sources_.cube.ask(caller.tenant, std::move(question), caller.deadline));
  auto products = products_of(answers.answers[0]);
  if (products.empty()) co_return Compared{answers.progress, {}};
  CLOUDCART_CO_TRY(auto compared, co_await compare(std::move(caller), periods, std::move(products)));
  sort_by_revenue(compared.movements);
  co_return compared;
}

Task<Result<GetProductReport::Compared>> GetProductReport::falling(Caller caller, TwoPeriods periods,
                                                                   std::size_t limit) {
  FallingSearch search(periods, limit);
  while (true) {
    CLOUDCART_CO_TRY(const auto lists,
                     co_await sources_.cube.ask(caller.tenant, search.lists(), caller.deadline));
    auto candidates = search.candidates(lists);
    if (candidates.empty()) co_return Compared{lists.progress, {}};
    CLOUDCART_CO_TRY(auto compared, co_await compare(caller, periods, std::move(candidates)));
    keep_falling(compared.movements, limit);
    if (search.is_settled(compared.movements)) co_return compared;
  }
}

Task<Result<GetProductReport::Compared>> GetProductReport::compare(Caller caller, TwoPeriods periods,
                                                                   std::vector<ProductId> products) {
  CLOUDCART_CO_TRY(
      const auto answers,
      co_await sources_.cube.ask(caller.tenant, movements_questions(periods, products), caller.deadline));
  co_return Compared{answers.progress, movements_from(answers)};
}

Task<void> GetProductReport::add_stock(Caller caller, ProductReport& report) {
  const auto deadline = std::min(caller.deadline, Executor::current()->now() + stock_patience);
  const auto found = co_await stock_.find(caller.tenant, products_of(report), deadline);
  report.stock_available = found.has_value();
  if (!found) co_return;
  const auto elapsed = elapsed_of(report.frame.period.range(), report.frame.as_of);
  for (auto& row : report.rows) {
    const auto stock = std::ranges::find(*found, row.movement.product, &ProductStock::product);
    if (stock == found->end()) continue;
    row.stock = *stock;
    row.days_left = days_of_stock_left(stock->available, row.movement.now.units(), elapsed);
  }
}

}  // namespace cloudcart::analytics
