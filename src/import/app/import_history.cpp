#include "import/app/import_history.h"

#include <algorithm>

#include "import/app/read_history.h"
#include "import/domain/record_maker.h"

namespace cloudcart::history {
namespace {

Status check(const ImportOptions& options, const std::vector<ImportFile>& files) {
  std::vector<FieldError> errors;
  const bool named =
      !options.source.empty() && options.source.size() <= 40 &&
      options.source.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == std::string::npos;
  if (!named) errors.push_back({"source", "must be 1 to 40 of the letters a-z, digits, '.', '_' and '-'"});
  if (options.inventory_count < 0 || options.inventory_count > 1'000'000'000)
    errors.push_back({"inventory_count", "must be between 0 and 1,000,000,000"});
  if (options.batch_size == 0) errors.push_back({"batch_size", "must be at least 1"});
  if (files.empty()) errors.push_back({"files", "must name at least one file"});
  if (!errors.empty()) return fail(Error::validation(std::move(errors)));
  return {};
}

Timestamp last_moment(const Invoices& invoices) {
  return invoices.all().empty() ? Timestamp{} : invoices.all().back().time;
}

void count(const LineCollector& collected, const Invoices& invoices, ImportReport& report) {
  // Lines are bounded in number and amount, so that these sums are far from the range of Money.
  const auto add = [](Money& sum, Money amount) { sum = sum.plus(amount).value(); };
  for (const auto& invoice : invoices.all()) {
    const bool matched = invoice.settled_with != none;
    if (invoice.is_cancellation) {
      add(report.cancelled, invoice.total);
      if (!matched) ++report.credit_notes;
    } else {
      add(report.gross, invoice.total);
      ++report.sales;
      if (matched) ++report.cancelled_sales;
    }
  }
  report.net = report.gross.minus(report.cancelled).value();
  report.orders_left_out =
      static_cast<std::uint64_t>(std::ranges::count(collected.documents(), 0U, &Document::lines));
}

/// Hands all records of one kind to the sink, batch by batch.
template <class Make, class Store>
Task<Status> store_all(ImportProgress::Phase phase, std::size_t total, std::size_t batch_size,
                       std::uint64_t lines, ReportProgress progress, Make make, Store store,
                       std::uint64_t& added) {
  for (std::size_t first = 0; first < total; first += batch_size) {
    const auto stored = co_await store(make(first, batch_size));
    if (!stored) co_return std::unexpected(stored.error());
    added += *stored;
    progress({.phase = phase, .done = std::min(first + batch_size, total), .total = total, .lines = lines});
  }
  co_return Status{};
}

}  // namespace

Task<Result<ImportReport>> ImportHistory::operator()(Caller caller, ImportOptions options,
                                                     std::vector<ImportFile> files, ReportProgress progress) {
  CLOUDCART_CO_CHECK(check(options, files));
  const auto started = clock_.monotonic_now();
  if (!progress) progress = [](const ImportProgress&) {};
  ImportReport report{.source = options.source, .currency = options.shop.currency};

  LineCollector collected(
      {.zone = options.shop.time_zone, .not_products = options.not_products, .max_lines = options.max_lines});
  CLOUDCART_CO_CHECK(read_history(files, collected, report, progress));
  const Invoices invoices(collected);
  count(collected, invoices, report);

  CLOUDCART_CO_TRY(report.shift_days, co_await decide_shift(caller, options, last_moment(invoices)));
  const DateShift shift(options.shop.time_zone, report.shift_days);
  if (!invoices.all().empty()) {
    report.first_order = shift(invoices.all().front().time);
    report.last_order = shift(last_moment(invoices));
  }
  const RecordMaker records(
      collected, invoices,
      {.source = options.source, .inventory_count = options.inventory_count, .shift = shift});
  report.products = records.product_count();
  report.guests = records.guest_count();
  report.customers = records.customer_count() - records.guest_count();
  CLOUDCART_CO_CHECK(co_await store(caller, records, options.batch_size, report, progress));
  report.took = std::chrono::floor<milliseconds>(clock_.monotonic_now() - started);
  co_return report;
}

/// The first import of a source decides; later ones follow it, or the same order would have two dates.
Task<Result<int>> ImportHistory::decide_shift(Caller caller, ImportOptions options, Timestamp last) {
  CLOUDCART_CO_TRY(const auto earlier,
                   co_await journal_.find(caller.tenant, options.source, caller.deadline));
  const Timestamp now = clock_.now();
  if (earlier) {
    if (options.shift_to_today && earlier->shift_days == 0) {
      co_return fail(ErrorCode::validation_failed,
                     "\"" + options.source +
                         "\" was imported with its own dates before, and stored orders keep their dates. "
                         "Import without moving dates, or into a fresh data folder.");
    }
    if (earlier->shift_days != 0 && DateShift(options.shop.time_zone, earlier->shift_days)(last) > now) {
      co_return fail(
          ErrorCode::validation_failed,
          "Moved by " + std::to_string(earlier->shift_days) + " days, as \"" + options.source +
              "\" was before, the newest orders would lie in the future. Import into a fresh data folder.");
    }
    co_return earlier->shift_days;
  }
  ImportDecisions decisions;
  if (options.shift_to_today)
    decisions.shift_days = DateShift::to_today(options.shop.time_zone, last, now).days();
  CLOUDCART_CO_CHECK(co_await journal_.record(caller.tenant, options.source, decisions, caller.deadline));
  co_return decisions.shift_days;
}

Task<Status> ImportHistory::store(Caller caller, const RecordMaker& records, std::size_t batch_size,
                                  ImportReport& report, ReportProgress progress) {
  using Phase = ImportProgress::Phase;
  CLOUDCART_CO_CHECK(co_await store_all(
      Phase::products, records.product_count(), batch_size, report.lines, progress,
      [&](std::size_t first, std::size_t n) { return records.products(first, n); },
      [&](auto batch) { return sink_.products(caller.tenant, std::move(batch), caller.deadline); },
      report.new_products));
  CLOUDCART_CO_CHECK(co_await store_all(
      Phase::customers, records.customer_count(), batch_size, report.lines, progress,
      [&](std::size_t first, std::size_t n) { return records.customers(first, n); },
      [&](auto batch) { return sink_.customers(caller.tenant, std::move(batch), caller.deadline); },
      report.new_customers));
  co_return co_await store_all(
      Phase::orders, records.order_count(), batch_size, report.lines, progress,
      [&](std::size_t first, std::size_t n) { return records.orders(first, n); },
      [&](auto batch) { return sink_.orders(caller.tenant, std::move(batch), caller.deadline); },
      report.new_orders);
}

}  // namespace cloudcart::history
