#include "demo/load_demo.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include <fmt/format.h>

#include "demo/words.h"

namespace cloudcart::demo {
namespace {

constexpr std::size_t batch_size = 2'000;
constexpr std::size_t piece_bytes = std::size_t{64} * 1024;

/// One document of the CSV: a sale, or what takes it or a part of it back.
struct Document {
  Timestamp time;
  const DemoOrder* order;
  bool is_cancellation;
};

std::string csv_field(std::string_view field) {
  if (field.find_first_of(",\"\n") == std::string_view::npos) return std::string{field};
  std::string out = "\"";
  for (const char c : field) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string_view prefix_of(const Document& document) {
  if (document.order->is_credit_note) return "R";
  return document.is_cancellation ? "C" : "";
}

void append_document(std::string& out, const DemoShop& shop, const Document& document) {
  for (const auto& line : shop.lines_of(*document.order)) {
    const auto& product = shop.product(line.product);
    fmt::format_to(std::back_inserter(out), "{}{},c{},{},{},{}{},{},{},{}\n", prefix_of(document),
                   100'001 + document.order->number, document.order->customer + 1, to_rfc3339(document.time),
                   product.sku, document.is_cancellation ? "-" : "", line.quantity, product.price.to_string(),
                   csv_field(product.name), csv_field(categories[product.category].name));
  }
}

}  // namespace

Task<Result<DemoCounts>> load_demo(const DemoShop& shop, history::ImportSink& sink, TenantId tenant,
                                   Deadline deadline) {
  DemoCounts added;
  for (std::size_t first = 0; first < shop.product_count(); first += batch_size) {
    CLOUDCART_CO_TRY(const auto count,
                     co_await sink.products(tenant, shop.products(first, batch_size), deadline));
    added.products += count;
  }
  for (std::size_t first = 0; first < shop.customer_count(); first += batch_size) {
    CLOUDCART_CO_TRY(const auto count,
                     co_await sink.customers(tenant, shop.customers(first, batch_size), deadline));
    added.customers += count;
  }
  for (std::size_t first = 0; first < shop.order_count(); first += batch_size) {
    CLOUDCART_CO_TRY(const auto count,
                     co_await sink.orders(tenant, shop.orders(first, batch_size), deadline));
    added.orders += count;
  }
  co_return added;
}

void write_csv(const DemoShop& shop, const std::function<void(std::string_view)>& write) {
  std::vector<Document> documents;
  for (std::size_t i = 0; i < shop.order_count(); ++i) {
    const auto& order = shop.order(i);
    if (!order.is_credit_note) documents.push_back({order.time, &order, false});
    if (order.cancelled_at) documents.push_back({*order.cancelled_at, &order, true});
  }
  std::ranges::sort(documents, {}, [](const Document& document) {
    return std::tuple{document.time, document.order->number, document.is_cancellation,
                      document.order->is_credit_note};
  });
  std::string piece = "order_id,user_id,ts,item_id,quantity,unit_price,product_name,category\n";
  for (const auto& document : documents) {
    append_document(piece, shop, document);
    if (piece.size() < piece_bytes) continue;
    write(piece);
    piece.clear();
  }
  write(piece);
}

}  // namespace cloudcart::demo
