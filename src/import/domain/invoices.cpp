#include "import/domain/invoices.h"

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <unordered_map>

namespace cloudcart::history {
namespace {

/// Lines by document, keeping their order: a counting sort.
std::vector<DocumentLine> by_document(const LineCollector& collected, std::vector<std::uint32_t>& first_of) {
  const auto& documents = collected.documents();
  first_of.assign(documents.size() + 1, 0);
  for (std::size_t i = 0; i < documents.size(); ++i) first_of[i + 1] = first_of[i] + documents[i].lines;
  std::vector<DocumentLine> sorted(collected.lines().size());
  std::vector<std::uint32_t> next(first_of.begin(), first_of.end() - 1);
  for (const auto& line : collected.lines()) sorted[next[line.document]++] = line;
  return sorted;
}

auto content_key(const InvoiceLine& line) {
  return std::tuple{line.product, line.price, line.quantity};
}

Money sum(Money a, Money b) {
  const auto total = a.plus(b);
  // Lines are bounded, and so is their number: their sum always fits.
  if (!total) throw std::overflow_error("order totals beyond the range of Money");
  return *total;
}

}  // namespace

Invoices::Invoices(const LineCollector& collected) {
  group(collected);
  match_cancellations();
}

void Invoices::group(const LineCollector& collected) {
  std::vector<std::uint32_t> first_of;
  const auto sorted = by_document(collected, first_of);
  const auto& documents = collected.documents();
  for (std::uint32_t id = 0; id < documents.size(); ++id) {
    const auto& document = documents[id];
    if (document.lines == 0) continue;
    invoices_.push_back({.document = id,
                         .time = document.time,
                         .is_cancellation = document.is_cancellation,
                         .customer = document.customer});
  }
  std::ranges::sort(invoices_, {}, [&](const Invoice& invoice) {
    return std::tuple{invoice.time, invoice.is_cancellation, documents[invoice.document].number};
  });
  lines_.reserve(sorted.size());
  for (auto& invoice : invoices_) {
    const auto& document = documents[invoice.document];
    append_merged(invoice, std::span{sorted}.subspan(first_of[invoice.document], document.lines));
  }
}

void Invoices::append_merged(Invoice& invoice, std::span<const DocumentLine> lines) {
  invoice.first_line = static_cast<std::uint32_t>(lines_.size());
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>>
      by_product;  // where its lines are; one per price
  for (const auto& line : lines) {
    auto& places = by_product[line.product];
    auto place =
        std::ranges::find_if(places, [&](std::uint32_t at) { return lines_[at].price == line.price; });
    if (place == places.end()) {
      place = places.insert(places.end(), static_cast<std::uint32_t>(lines_.size()));
      lines_.push_back({.product = line.product, .price = line.price});
    }
    auto& merged = lines_[*place];
    merged.quantity += line.quantity;
    const Money subtotal = line.price.times(line.quantity).value();
    merged.subtotal = sum(merged.subtotal, subtotal);
    invoice.total = sum(invoice.total, subtotal);
  }
  invoice.line_count = static_cast<std::uint32_t>(lines_.size()) - invoice.first_line;
}

/// A cancellation takes back the customer's most recent earlier order with exactly its products, quantities
/// and prices. Guests are never matched: nothing tells that two of them are one person.
void Invoices::match_cancellations() {
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> open_sales;  // by content, oldest first
  for (std::uint32_t i = 0; i < invoices_.size(); ++i) {
    auto& invoice = invoices_[i];
    if (invoice.customer == none) continue;
    auto& candidates = open_sales[content_hash(invoice)];
    if (!invoice.is_cancellation) {
      candidates.push_back(i);
      continue;
    }
    const auto found = std::ranges::find_if(candidates.rbegin(), candidates.rend(), [&](std::uint32_t sale) {
      return same_content(invoices_[sale], invoice);
    });
    if (found == candidates.rend()) continue;
    invoice.settled_with = *found;
    invoices_[*found].settled_with = i;
    candidates.erase(std::next(found).base());
  }
}

std::vector<InvoiceLine> Invoices::sorted_lines(const Invoice& invoice) const {
  const auto lines = lines_of(invoice);
  std::vector<InvoiceLine> sorted(lines.begin(), lines.end());
  std::ranges::sort(sorted, {}, content_key);
  return sorted;
}

std::uint64_t Invoices::content_hash(const Invoice& invoice) const {
  // A sum over the lines, so that their order does not matter; equality is checked line by line anyway.
  std::uint64_t hash = 0x9E3779B97F4A7C15ULL * (invoice.customer + 1ULL);
  for (const auto& line : lines_of(invoice)) {
    std::uint64_t x = line.product * 0xff51afd7ed558ccdULL ^
                      static_cast<std::uint64_t>(line.quantity) * 0xc4ceb9fe1a85ec53ULL;
    x ^= static_cast<std::uint64_t>(line.price.minor_units()) * 0x100000001b3ULL;
    hash += (x ^ x >> 29) * 0xbf58476d1ce4e5b9ULL;
  }
  return hash;
}

bool Invoices::same_content(const Invoice& a, const Invoice& b) const {
  if (a.customer != b.customer || a.line_count != b.line_count || a.total != b.total) return false;
  return std::ranges::equal(sorted_lines(a), sorted_lines(b), {}, content_key, content_key);
}

}  // namespace cloudcart::history
