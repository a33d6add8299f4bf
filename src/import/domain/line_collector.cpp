#include "import/domain/line_collector.h"

#include <algorithm>

#include "core/json_reader.h"
#include "core/text.h"
#include "import/domain/clean_text.h"
#include "import/domain/line_values.h"

namespace cloudcart::history {
namespace {

constexpr std::size_t longest_code = 100;
constexpr Money largest_line{1'000'000'000'000};

bool is_usable(std::string_view text) {
  return !text_violation(text, {.max = longest_code, .trimmed = false});
}

bool has_prefix(std::string_view number, char upper) {
  const bool prefixed = number.size() > 1 && (number[0] == upper || number[0] == upper + ('a' - 'A'));
  return prefixed && number[1] >= '0' && number[1] <= '9';
}

std::optional<LeftOut> price_or_quantity_fault(UnitPrice price, std::int64_t quantity, bool is_cancellation) {
  if (price.amount < Money{} || (price.amount == Money{} && price.exact)) return LeftOut::price_not_positive;
  if (!price.exact) return LeftOut::price_too_fine;
  if (!is_cancellation && quantity <= 0) return LeftOut::quantity_not_positive;
  if (is_cancellation && quantity >= 0) return LeftOut::quantity_not_negative;
  return std::nullopt;
}

Money magnitude(Money amount) {
  return Money{std::abs(amount.minor_units())};
}

}  // namespace

LineCollector::LineCollector(Rules rules) : rules_(std::move(rules)), own_patterns_(rules_.not_products) {}

LineCollector::Verdict LineCollector::add(const SourceLine& line) {
  if (line.order.empty() || line.product.empty() || line.time.empty() || line.quantity.empty() ||
      line.price.empty())
    return {LeftOut::missing_field, {}};
  if (!is_usable(line.order) || !is_usable(line.product) || !is_usable(line.customer))
    return {LeftOut::unusable_text, {}};

  const auto quantity = parse_quantity(line.quantity);
  const auto price = parse_unit_price(line.price);
  const bool retail = line.layout == Layout::retail;
  const bool is_cancellation = retail ? has_prefix(line.order, 'C') : quantity.value_or(0) < 0;
  const std::uint32_t document = document_of(line.order, is_cancellation);
  const auto amount = quantity && price ? price->amount.times(*quantity) : std::nullopt;
  const auto leave_out = [&](LeftOut reason) { return Verdict{reason, amount.value_or(Money{})}; };

  const auto time = time_of(line.time);
  if (!time) return leave_out(LeftOut::unreadable_date);
  if (!quantity || !price) return leave_out(LeftOut::unreadable_number);
  if (retail && has_prefix(line.order, 'A')) return leave_out(LeftOut::adjustment_invoice);
  const std::uint32_t product = product_of(line.product);
  if (is_no_product(line, products_[product].sku)) return leave_out(LeftOut::not_a_product);
  if (const auto fault = price_or_quantity_fault(*price, *quantity, is_cancellation))
    return leave_out(*fault);
  if (!amount || magnitude(*amount) > largest_line) return leave_out(LeftOut::amount_too_large);

  const auto count = static_cast<std::int32_t>(std::abs(*quantity));
  keep(line, {.document = document, .product = product, .quantity = count, .price = price->amount}, *time);
  return {std::nullopt, *amount};
}

void LineCollector::keep(const SourceLine& line, const DocumentLine& kept, Timestamp time) {
  auto& document = documents_[kept.document];
  document.time = document.lines == 0 ? time : std::min(document.time, time);
  ++document.lines;
  if (document.customer == none) {
    const auto customer = without_zero_fraction(line.customer);
    if (!customer.empty()) document.customer = customers_.number_of(customer);
  }
  if (document.country == none && !line.country.empty())
    document.country = countries_.number_of(line.country);

  auto& product = products_[kept.product];
  const bool on_sale = !document.is_cancellation;
  product.first_seen = product.listed ? std::min(product.first_seen, time) : time;
  const bool newer = time >= product.priced_at;
  if (!product.listed || (on_sale && !product.sold) || (on_sale == product.sold && newer)) {
    product.price = kept.price;
    product.priced_at = time;
  }
  product.listed = true;
  product.sold = product.sold || on_sale;
  if (!line.category.empty()) product.category = categories_.number_of(line.category);
  names_.vote(kept.product, line.name, on_sale, time);
  lines_.push_back(kept);
}

std::uint32_t LineCollector::document_of(std::string_view number, bool is_cancellation) {
  if (!documents_.empty()) {
    const auto& last = documents_.back();
    if (last.number == number && last.is_cancellation == is_cancellation)
      return static_cast<std::uint32_t>(documents_.size() - 1);
  }
  key_.assign(1, is_cancellation ? '-' : '+').append(number);
  const auto id = document_keys_.number_of(key_);
  if (id == documents_.size())
    documents_.push_back({.is_cancellation = is_cancellation, .number = document_keys_[id].substr(1)});
  return id;
}

std::uint32_t LineCollector::product_of(std::string_view code) {
  key_ = ascii_upper(code);
  const auto id = product_keys_.number_of(key_);
  if (id == products_.size()) products_.push_back({.sku = product_keys_[id]});
  return id;
}

std::optional<Timestamp> LineCollector::time_of(std::string_view text) {
  if (text != last_time_) {
    last_time_ = text;
    last_parsed_time_ = parse_line_time(text, rules_.zone);
  }
  return last_parsed_time_;
}

bool LineCollector::is_no_product(const SourceLine& line, std::string_view sku) const {
  return (line.layout == Layout::retail && is_no_product_in_retail(sku)) || own_patterns_.match(sku);
}

}  // namespace cloudcart::history
