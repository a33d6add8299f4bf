#pragma once

#include "analytics/app/report_frame.h"
#include "analytics/domain/product_movement.h"
#include "analytics/ports/stock.h"

namespace cloudcart::analytics {

enum class ProductOrder : std::uint8_t {
  top,      ///< most net revenue first
  falling,  ///< most net revenue lost first, and none that lost nothing
};

struct ProductReportRequest {
  PeriodRequest period;
  ProductOrder order = ProductOrder::top;
  std::size_t limit = 10;  ///< at most Stock::max_lookup
};

struct ProductReportRow {
  ProductMovement movement;
  std::optional<ProductStock> stock;  ///< empty where it is not known
  std::optional<Number> days_left;    ///< likewise, and where nothing is sold
};

struct ProductReport {
  ReportFrame frame;
  bool stock_available = false;  ///< whether the product service answered
  std::vector<ProductReportRow> rows;
};

/// What products brought in a period, against the one before or other days, and how long their stock lasts: of the last
/// thirty days, or as many as asked for; when nothing happened in these, of those that end on the last day with
/// data; or of the dates asked for. Without the product service it answers all but the stock.
class GetProductReport {
 public:
  GetProductReport(ReportSources sources, Stock& stock) : sources_(sources), stock_(stock) {}
  Task<Result<ProductReport>> operator()(Caller caller, ProductReportRequest request);

 private:
  struct Compared {
    Progress progress;
    std::vector<ProductMovement> movements;
  };
  Task<Result<Compared>> top(Caller caller, TwoPeriods periods, std::size_t limit);
  Task<Result<Compared>> falling(Caller caller, TwoPeriods periods, std::size_t limit);
  Task<Result<Compared>> compare(Caller caller, TwoPeriods periods, std::vector<ProductId> products);
  Task<void> add_stock(Caller caller, ProductReport& report);

  const ReportSources sources_;
  Stock& stock_;
};

}  // namespace cloudcart::analytics
