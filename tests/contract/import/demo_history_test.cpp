#include <algorithm>

#include <gtest/gtest.h>

#include "adapters/memory/import/memory_import_journal.h"
#include "adapters/memory/import/memory_import_sink.h"
#include "demo/load_demo.h"
#include "import/app/import_history.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"

namespace cloudcart::history {
namespace {

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  Result<std::size_t> read(std::span<char> buffer) override {
    const auto length = std::min(buffer.size(), text_.size() - at_);
    text_.copy(buffer.data(), length, at_);
    at_ += length;
    return length;
  }
  std::uint64_t position() const override { return at_; }
  std::uint64_t size() const override { return text_.size(); }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

TEST(DemoHistoryTest, TheDemoShopsCsvIsUnderstoodToTheCent) {
  const auto shop = demo::DemoShop::make({.seed = 5,
                                          .products = 150,
                                          .customers = 300,
                                          .orders = 3'000,
                                          .days = 200,
                                          .end_time = parse_rfc3339("2026-01-15T11:00:00Z").value(),
                                          .zone = TimeZone::load("Europe/London").value()})
                        .value();
  Money gross, cancelled;
  std::uint64_t lines = 0, cancelled_sales = 0, credit_notes = 0;
  for (const auto& order : shop.orders(0, shop.order_count())) {
    const bool is_note = order.kind == OrderKind::credit_note;
    if (!is_note) gross = gross.plus(order.total).value();
    if (order.cancelled_at) cancelled = cancelled.plus(order.total).value();
    lines += order.lines.size() * (order.cancelled_at && !is_note ? 2 : 1);
    cancelled_sales += order.cancelled_at && !is_note ? 1 : 0;
    credit_notes += is_note ? 1 : 0;
  }

  std::string csv;
  demo::write_csv(shop, [&](std::string_view piece) { csv += piece; });
  std::vector<ImportFile> files;
  files.push_back({"demo.csv", std::make_unique<TextSource>(csv)});
  MemoryImportSink sink;
  MemoryImportJournal journal;
  const test::FakeClock clock;
  ImportHistory import(sink, journal, clock);
  const auto report = sync_wait(import(Caller{}, {}, std::move(files), {}));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->lines, lines);
  EXPECT_EQ(report->lines_kept, lines);
  EXPECT_EQ(report->sales, 3'000U);
  EXPECT_EQ(report->gross, gross);
  EXPECT_EQ(report->cancelled, cancelled);
  // A return of one product can look like a whole earlier order of it, so the two kinds only add up.
  EXPECT_EQ(report->cancelled_sales + report->credit_notes, cancelled_sales + credit_notes);
  EXPECT_GE(report->cancelled_sales, cancelled_sales);
}

}  // namespace
}  // namespace cloudcart::history
