#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.h"
#include "core/time_zone.h"
#include "demo/calendar.h"
#include "demo/demo_catalogue.h"
#include "import/domain/imported.h"
#include "import/domain/record_ids.h"

namespace cloudcart::demo {

struct DemoOptions {
  std::uint64_t seed = 1;
  std::size_t products = 400;     ///< 10 – 100,000
  std::size_t customers = 1'500;  ///< 1 – 1,000,000
  std::size_t orders = 12'000;    ///< 1 – 2,000,000, credit notes not counted
  std::uint32_t days = 180;       ///< 1 – 3,650, the last one is that of `end_time`
  Timestamp end_time;             ///< nothing happens later
  TimeZone zone;                  ///< the shop's: its evenings and Sundays
};

struct DemoLine {
  std::uint32_t product;
  std::uint32_t quantity;
};

struct DemoOrder {
  std::uint32_t number = 0;  ///< from 0, in order of time; a credit note has that of its sale
  std::uint32_t customer = 0;
  Timestamp time;
  std::optional<Timestamp> cancelled_at;
  bool is_credit_note = false;
  std::size_t first_line = 0;
  std::uint32_t line_count = 0;
};

/// An invented shop with a history that looks like one: categories with seasons, products that go together,
/// customers with tastes who come again and buy what they used up, growth, busy evenings, a few cancellations
/// and returns. The same options give the same shop on every machine. Ids hang on the seed and on numbers,
/// not on the end time, so that loading it twice on different days doubles nothing.
class DemoShop {
 public:
  /// validation_failed, naming each option that is out of its bounds.
  static Result<DemoShop> make(DemoOptions options);

  std::size_t product_count() const { return catalogue_.products().size(); }
  std::size_t customer_count() const { return customers_.size(); }
  std::size_t order_count() const { return orders_.size(); }  ///< with credit notes

  /// Records `first` … `first` + `count` - 1, fewer at the end; orders in order of time.
  std::vector<history::ImportedProduct> products(std::size_t first, std::size_t count) const;
  std::vector<history::ImportedCustomer> customers(std::size_t first, std::size_t count) const;
  std::vector<history::ImportedOrder> orders(std::size_t first, std::size_t count) const;

  const DemoOrder& order(std::size_t index) const { return orders_[index]; }
  std::span<const DemoLine> lines_of(const DemoOrder& order) const {
    return std::span{lines_}.subspan(order.first_line, order.line_count);
  }
  const DemoProduct& product(std::uint32_t index) const { return catalogue_.products()[index]; }

 private:
  struct Customer {
    std::array<std::uint8_t, 3> favourites{};  ///< categories, the dearest first
    std::array<std::uint32_t, 6> bought{};     ///< the latest products, a ring
    std::uint32_t bought_count = 0;
    Timestamp first_order;
  };
  explicit DemoShop(DemoOptions options);
  void invent_customers();
  void invent_orders();
  std::uint32_t choose_customer(Random& random, std::size_t number);
  void fill_basket(Random& random, std::uint32_t day, DemoOrder& order);
  std::uint32_t choose_product(Random& random, std::uint32_t day, const Customer& customer,
                               const DemoOrder& order) const;
  std::size_t choose_category(Random& random, std::uint32_t day, const Customer& customer) const;
  void decide_end(Random& random, DemoOrder& order);
  void return_a_part(Random& random, const DemoOrder& sale);
  bool is_in_basket(const DemoOrder& order, std::uint32_t product) const;

  history::ImportedProduct make_product(std::size_t index) const;
  history::ImportedCustomer make_customer(std::size_t index) const;
  history::ImportedOrder make_order(std::size_t index) const;
  OrderStatus status_by_age(Timestamp time) const;

  DemoOptions options_;
  history::RecordIds ids_;
  Calendar calendar_;
  DemoCatalogue catalogue_;
  std::vector<Customer> customers_;
  std::vector<std::uint32_t> buyers_;  ///< of each sale so far: who bought often is drawn often
  std::size_t customers_who_bought_ = 0;
  std::vector<DemoOrder> orders_;
  std::vector<DemoLine> lines_;
};

}  // namespace cloudcart::demo
