#include "import/domain/record_maker.h"

#include <algorithm>

#include "core/text.h"
#include "import/domain/clean_text.h"
#include "import/domain/record_batch.h"

namespace cloudcart::history {
namespace {

constexpr std::size_t longest_name = 100;

/// Keys that differ only in case would be one address, so only keys without capitals are taken as they are.
std::string email_of(std::string_view prefix, std::string_view key, UserId id) {
  const bool plain =
      key.size() <= 40 && key.front() != '.' && key.back() != '.' && !key.contains("..") &&
      key.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz._-") == std::string_view::npos;
  std::string email{prefix};
  return email.append(plain ? std::string{key} : id.to_string()).append("@import.invalid");
}

/// Names have two characters at least.
std::string name_from_key(std::string_view key) {
  const std::string name = clean_text(key, longest_name);
  return utf8_length(name) < 2 ? "No. " + name : name;
}

}  // namespace

RecordMaker::RecordMaker(const LineCollector& collected, const Invoices& invoices, Options options)
    : collected_(collected),
      invoices_(invoices),
      options_(std::move(options)),
      ids_(options_.source),
      names_(collected.product_names().choose(collected.products().size())) {
  const auto& products = collected.products();
  for (std::uint32_t i = 0; i < products.size(); ++i) {
    if (utf8_length(names_[i]) < 2) names_[i] = "Product " + std::string{products[i].sku};
    if (products[i].listed) listed_products_.push_back(i);
  }
  find_buyers();
  for (std::uint32_t i = 0; i < invoices.all().size(); ++i) {
    const auto& invoice = invoices.all()[i];
    if (!invoice.is_cancellation || invoice.settled_with == none) orders_.push_back(i);
  }
}

void RecordMaker::find_buyers() {
  std::vector<bool> known(collected_.customers().size());
  for (std::uint32_t i = 0; i < invoices_.all().size(); ++i) {
    const auto& invoice = invoices_.all()[i];
    if (invoice.customer == none) {
      buyers_.push_back({.first_invoice = i, .is_guest = true});
      ++guests_;
    } else if (!known[invoice.customer]) {
      known[invoice.customer] = true;
      buyers_.push_back({.first_invoice = i, .is_guest = false});
    }
  }
}

std::vector<ImportedProduct> RecordMaker::products(std::size_t first, std::size_t count) const {
  return batch_of<ImportedProduct>(product_count(), first, count,
                                   [&](std::size_t i) { return make_product(listed_products_[i]); });
}

std::vector<ImportedCustomer> RecordMaker::customers(std::size_t first, std::size_t count) const {
  return batch_of<ImportedCustomer>(customer_count(), first, count,
                                    [&](std::size_t i) { return make_customer(buyers_[i]); });
}

std::vector<ImportedOrder> RecordMaker::orders(std::size_t first, std::size_t count) const {
  return batch_of<ImportedOrder>(order_count(), first, count,
                                 [&](std::size_t i) { return make_order(invoices_.all()[orders_[i]]); });
}

ImportedProduct RecordMaker::make_product(std::uint32_t product) const {
  const auto& facts = collected_.products()[product];
  return {.id = ids_.product(facts.sku),
          .sku = std::string{facts.sku},
          .name = names_[product],
          .category_name = category_of(product),
          .price = facts.price,
          .inventory_count = options_.inventory_count,
          .created_at = options_.shift(facts.first_seen)};
}

ImportedCustomer RecordMaker::make_customer(const Buyer& buyer) const {
  const auto& invoice = invoices_.all()[buyer.first_invoice];
  ImportedCustomer customer{.id = buyer_of(invoice), .created_at = options_.shift(invoice.time)};
  if (buyer.is_guest) {
    const auto& document = collected_.documents()[invoice.document];
    customer.email =
        email_of(document.is_cancellation ? "guest-credit-" : "guest-", document.number, customer.id);
    customer.first_name = "Guest";
    customer.last_name = clean_text("Invoice " + std::string{document.number}, longest_name);
  } else {
    const auto key = collected_.customers()[invoice.customer];
    customer.email = email_of("customer-", key, customer.id);
    customer.first_name = "Customer";
    customer.last_name = name_from_key(key);
  }
  return customer;
}

ImportedOrder RecordMaker::make_order(const Invoice& invoice) const {
  const auto& document = collected_.documents()[invoice.document];
  ImportedOrder order{.id = ids_.order(document.number, document.is_cancellation, invoice.time),
                      .user_id = buyer_of(invoice),
                      .kind = invoice.is_cancellation ? OrderKind::credit_note : OrderKind::sale,
                      .total = invoice.total,
                      .shipping_address = address_of(document),
                      .created_at = options_.shift(invoice.time)};
  order.lines.reserve(invoice.line_count);
  for (const auto& line : invoices_.lines_of(invoice)) {
    order.lines.push_back({.product_id = ids_.product(collected_.products()[line.product].sku),
                           .product_name = names_[line.product],
                           .category_name = category_of(line.product),
                           .quantity = line.quantity,
                           .price = line.price,
                           .subtotal = line.subtotal});
  }
  add_events(order, invoice);
  order.status = order.events.back().status;
  if (order.status == OrderStatus::cancelled) order.cancelled_at = order.events.back().at;
  return order;
}

/// What happened between an order and its delivery is not in the history and is not made up.
void RecordMaker::add_events(ImportedOrder& order, const Invoice& invoice) const {
  const auto& document = collected_.documents()[invoice.document];
  const auto event_id = [&](int version, Timestamp time) {
    return ids_.event(document.number, document.is_cancellation, version, time);
  };
  const auto first_status = invoice.is_cancellation ? OrderStatus::cancelled : OrderStatus::delivered;
  order.events.push_back({.id = event_id(1, invoice.time), .status = first_status, .at = order.created_at});
  if (invoice.is_cancellation || invoice.settled_with == none) return;
  const Timestamp cancelled = invoices_.all()[invoice.settled_with].time;
  // Where the clocks go back, two moments can come to lie the other way round.
  order.events.push_back({.id = event_id(2, cancelled),
                          .status = OrderStatus::cancelled,
                          .at = std::max(options_.shift(cancelled), order.created_at)});
}

UserId RecordMaker::buyer_of(const Invoice& invoice) const {
  if (invoice.customer != none) return ids_.customer(collected_.customers()[invoice.customer]);
  return ids_.guest(collected_.documents()[invoice.document].number, invoice.is_cancellation);
}

std::string RecordMaker::category_of(std::uint32_t product) const {
  const auto category = collected_.products()[product].category;
  std::string name =
      category == none ? std::string{} : clean_text(collected_.categories()[category], longest_name);
  return name.empty() ? "Uncategorised" : name;
}

std::string RecordMaker::address_of(const Document& document) const {
  std::string address = "Address not recorded";
  if (document.country != none)
    address += ", " + clean_text(collected_.countries()[document.country], longest_name);
  return address;
}

}  // namespace cloudcart::history
