#include "import/app/import_history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/memory/import/memory_import_journal.h"
#include "adapters/memory/import/memory_import_sink.h"
#include "runtime/executor.h"
#include "support/fake_clock.h"

namespace cloudcart::history {
namespace {

constexpr std::string_view small_history =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\r\n"
    "536365,85123A,\"HOLDER, WHITE\",6,12/1/2010 8:26,2.55,17850,United Kingdom\r\n"
    "536365,POST,POSTAGE,1,12/1/2010 8:26,18.00,17850,United Kingdom\r\n"
    "536366,71053,LANTERN \"L\",2,12/2/2010 9:00,3.39,17850,United Kingdom\r\n"
    "536367,71053,,1,12/2/2010 9:30,3.39,,France\r\n"
    "536368,71053,?,-5,12/2/2010 9:31,0,,France\r\n"
    "C536369,71053,LANTERN \"L\",-2,12/3/2010 9:00,3.39,17850,United Kingdom\r\n"
    "C536370,85123A,\"HOLDER, WHITE\",-1,12/4/2010 9:00,2.55,17850,United Kingdom\r\n";

/// A file in memory that can break off.
class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string text, bool breaks = false) : text_(std::move(text)), breaks_(breaks) {}
  Result<std::size_t> read(std::span<char> buffer) override {
    if (at_ == text_.size() && breaks_) return fail(ErrorCode::unavailable, "history.csv is cut off.");
    const auto length = std::min({buffer.size(), text_.size() - at_, std::size_t{50}});
    text_.copy(buffer.data(), length, at_);
    at_ += length;
    return length;
  }
  std::uint64_t position() const override { return at_; }
  std::uint64_t size() const override { return text_.size(); }

 private:
  std::string text_;
  bool breaks_;
  std::size_t at_ = 0;
};

/// Works until its calls are used up, like a process that is killed.
class FailingSink final : public ImportSink {
 public:
  FailingSink(ImportSink& inner, int calls) : inner_(inner), calls_(calls) {}
  Task<Result<std::size_t>> products(TenantId tenant, std::vector<ImportedProduct> batch,
                                     Deadline deadline) override {
    if (calls_-- <= 0) co_return fail(ErrorCode::unavailable, "killed");
    co_return co_await inner_.products(tenant, std::move(batch), deadline);
  }
  Task<Result<std::size_t>> customers(TenantId tenant, std::vector<ImportedCustomer> batch,
                                      Deadline deadline) override {
    if (calls_-- <= 0) co_return fail(ErrorCode::unavailable, "killed");
    co_return co_await inner_.customers(tenant, std::move(batch), deadline);
  }
  Task<Result<std::size_t>> orders(TenantId tenant, std::vector<ImportedOrder> batch,
                                   Deadline deadline) override {
    if (calls_-- <= 0) co_return fail(ErrorCode::unavailable, "killed");
    co_return co_await inner_.orders(tenant, std::move(batch), deadline);
  }

 private:
  ImportSink& inner_;
  int calls_;
};

class ImportHistoryTest : public testing::Test {
 protected:
  static std::vector<ImportFile> files(std::vector<std::string> texts) {
    std::vector<ImportFile> out;
    for (auto& text : texts)
      out.push_back(
          {"file " + std::to_string(out.size() + 1), std::make_unique<TextSource>(std::move(text))});
    return out;
  }
  Result<ImportReport> run(std::vector<ImportFile> history, ImportOptions options = {}) {
    return run_into(sink_, std::move(history), std::move(options));
  }
  Result<ImportReport> run(std::string_view text, ImportOptions options = {}) {
    return run(files({std::string{text}}), std::move(options));
  }
  Result<ImportReport> run_into(ImportSink& sink, std::vector<ImportFile> history, ImportOptions options) {
    ImportHistory import(sink, journal_, clock_);
    return sync_wait(import(Caller{}, std::move(options), std::move(history),
                            [&](const ImportProgress& progress) { progress_.push_back(progress); }));
  }

  MemoryImportSink sink_;
  MemoryImportJournal journal_;
  test::FakeClock clock_;
  std::vector<ImportProgress> progress_;
};

TEST_F(ImportHistoryTest, TheWholeStory) {
  const auto report = run(small_history);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->lines, 7U);
  EXPECT_EQ(report->lines_kept, 5U);
  EXPECT_EQ(report->sales, 3U);
  EXPECT_EQ(report->cancelled_sales, 1U);
  EXPECT_EQ(report->credit_notes, 1U);
  EXPECT_EQ(report->orders_left_out, 1U);
  EXPECT_EQ(report->customers, 1U);
  EXPECT_EQ(report->guests, 1U);
  EXPECT_EQ(report->products, 2U);
  EXPECT_EQ(report->new_orders, 4U);
  EXPECT_EQ(report->gross, Money{1530 + 678 + 339});
  EXPECT_EQ(report->cancelled, Money{678 + 255});
  EXPECT_EQ(report->net, Money{1530 + 339 - 255});
  EXPECT_EQ(to_rfc3339(report->first_order), "2010-12-01T08:26:00.000Z");
  EXPECT_EQ(to_rfc3339(report->last_order), "2010-12-04T09:00:00.000Z");
  const auto& postage = report->left_out[static_cast<std::size_t>(LeftOut::not_a_product)];
  EXPECT_EQ(postage.lines, 1U);
  EXPECT_EQ(postage.amount, Money{1800});
  EXPECT_EQ(postage.example, "file 1, line 3");
  EXPECT_EQ(report->left_out[static_cast<std::size_t>(LeftOut::price_not_positive)].lines, 1U);

  Money stored_net;
  for (const auto& [id, order] : sink_.shop().orders) {
    if (order.kind == OrderKind::sale) stored_net = stored_net.plus(order.total).value();
    if (order.cancelled_at) stored_net = stored_net.minus(order.total).value();
  }
  EXPECT_EQ(stored_net, report->net) << "the sums are those of what was stored";
}

TEST_F(ImportHistoryTest, ASecondRunAddsNothing) {
  ASSERT_TRUE(run(small_history));
  const auto again = run(small_history);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->new_orders + again->new_customers + again->new_products, 0U);
  EXPECT_EQ(again->sales, 3U);
  EXPECT_EQ(sink_.shop().orders.size(), 4U);
}

TEST_F(ImportHistoryTest, AnotherSourceIsAnotherHistory) {
  ASSERT_TRUE(run(small_history));
  EXPECT_EQ(run(small_history, {.source = "till-2"})->new_orders, 4U);
}

TEST_F(ImportHistoryTest, AKilledImportIsCompletedByTheNext) {
  for (int calls = 0;; ++calls) {
    MemoryImportSink stored;
    FailingSink killed(stored, calls);
    const auto first = run_into(killed, files({std::string{small_history}}), {.batch_size = 1});
    const auto second = run_into(stored, files({std::string{small_history}}), {.batch_size = 2});
    ASSERT_TRUE(second);
    EXPECT_EQ(stored.shop().orders.size(), 4U);
    EXPECT_EQ(stored.shop().customers.size(), 2U);
    EXPECT_EQ(stored.shop().products.size(), 2U);
    if (first) {
      EXPECT_EQ(calls, 8) << "one call a record";
      EXPECT_EQ(second->new_orders, 0U);
      return;
    }
    EXPECT_EQ(first.error().message, "killed");
  }
}

TEST_F(ImportHistoryTest, SeveralFilesAreOneHistory) {
  const std::string header = "order_id,user_id,ts,item_id,quantity,unit_price,product_name,category\n";
  const auto report =
      run(files({header + "100,anna,1291191960,t1,2,2.50,Teapot,Kitchen\n",
                 "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
                 "C9,T1,Teapot,-2,2010-12-02 08:26:00,2.50,anna,France\n"}));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->files, 2U);
  EXPECT_EQ(report->cancelled_sales, 1U);
  EXPECT_EQ(report->net, Money{});
  EXPECT_EQ(sink_.shop().products.begin()->second.category_name, "Kitchen");
}

TEST_F(ImportHistoryTest, BytesThatAreNoUtf8AreLatin1) {
  const auto report =
      run("order_id,user_id,ts,item_id,quantity,unit_price,product_name,category\n"
          "1,a,2011-01-01,t1,1,2.50,Caf\xE9 cr\xE8me,Th\xE9\n"
          "2,a,2011-01-01,t2,1,2.50,Café,Tea\n");
  EXPECT_EQ(report->latin1_fields, 2U);
  std::vector<std::string> names;
  for (const auto& [id, product] : sink_.shop().products)
    names.push_back(product.name + "/" + product.category_name);
  EXPECT_THAT(names, testing::UnorderedElementsAre("Café crème/Thé", "Café/Tea"));
}

TEST_F(ImportHistoryTest, BadLinesAreLeftOutAndTheRestCounts) {
  const auto report =
      run("order_id,user_id,ts,item_id,quantity,unit_price\n"
          "1,a,2011-01-01,t1,1,2.50\n"
          "2,a,2011-01-01,t1,1\n"
          "3,a,2011-01-01,t1,1,2.50,more\n"
          "4,a,2011-01-01,\"t1,1,2.50\n"
          "5,a,2011-01-01,t1,1,2.50\n");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sales, 2U);
  const auto& unreadable = report->left_out[static_cast<std::size_t>(LeftOut::unreadable_record)];
  EXPECT_EQ(unreadable.lines, 3U);
  EXPECT_EQ(unreadable.example, "file 1, line 3");
}

TEST_F(ImportHistoryTest, NothingIsStoredWhenAFileIsBad) {
  const auto unknown = run(files({std::string{small_history}, "a,b,c\n1,2,3\n"}));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::validation_failed);
  EXPECT_NE(unknown.error().message.find("file 2: "), std::string::npos) << unknown.error().message;

  EXPECT_EQ(run("").error().message, "file 1 is empty.");
  std::vector<ImportFile> cut;
  cut.push_back({"history.csv", std::make_unique<TextSource>(std::string{small_history}, true)});
  EXPECT_EQ(run(std::move(cut)).error().code, ErrorCode::unavailable);

  EXPECT_EQ(run(small_history, {.max_lines = 3}).error().code, ErrorCode::payload_too_large);
  EXPECT_TRUE(sink_.shop().orders.empty() && sink_.shop().products.empty() && sink_.shop().customers.empty());
  EXPECT_FALSE(*sync_wait(journal_.find({}, "import", Deadline::max())));
}

TEST_F(ImportHistoryTest, AHistoryWithoutOrdersIsNone) {
  const auto report = run("order_id,user_id,ts,item_id,quantity,unit_price\n");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sales, 0U);
}

TEST_F(ImportHistoryTest, BadOptionsAreAllNamed) {
  const auto refused =
      run(std::vector<ImportFile>{}, {.source = "My Shop", .inventory_count = -1, .batch_size = 0});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().fields.size(), 4U);
}

TEST_F(ImportHistoryTest, ShiftToTodayIsDecidedOnceAndKept) {
  clock_.set(parse_rfc3339("2026-11-23T18:00:00Z").value());
  const auto first = run(small_history, {.shift_to_today = true});
  ASSERT_TRUE(first);
  EXPECT_EQ(to_rfc3339(first->last_order), "2026-11-23T09:00:00.000Z");
  clock_.advance(std::chrono::days{3});
  for (const bool asked : {true, false}) {
    const auto again = run(small_history, {.shift_to_today = asked});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->shift_days, first->shift_days);
    EXPECT_EQ(again->new_orders, 0U);
  }
  const std::string later =
      std::string{small_history} + "536400,71053,LANTERN,1,12/20/2010 9:00,3.39,17850,France\r\n";
  const auto future = run(later);
  ASSERT_FALSE(future);
  EXPECT_NE(future.error().message.find("in the future"), std::string::npos);
}

TEST_F(ImportHistoryTest, StoredOrdersKeepTheirDates) {
  ASSERT_TRUE(run(small_history));
  const auto shifted = run(small_history, {.shift_to_today = true});
  ASSERT_FALSE(shifted);
  EXPECT_EQ(shifted.error().code, ErrorCode::validation_failed);
  EXPECT_NE(shifted.error().message.find("fresh data folder"), std::string::npos);
}

TEST_F(ImportHistoryTest, DatesAreTheShopsWallClock) {
  ImportOptions options;
  options.shop.time_zone = TimeZone::load("America/New_York").value();
  EXPECT_EQ(to_rfc3339(run(small_history, options)->first_order), "2010-12-01T13:26:00.000Z");
}

TEST_F(ImportHistoryTest, ProgressOnlyGrowsAndEndsComplete) {
  ASSERT_TRUE(run(small_history, {.batch_size = 1}));
  ASSERT_FALSE(progress_.empty());
  for (std::size_t i = 1; i < progress_.size(); ++i) {
    EXPECT_GE(progress_[i].phase, progress_[i - 1].phase);
    EXPECT_LE(progress_[i].done, progress_[i].total);
    if (progress_[i].phase == progress_[i - 1].phase) EXPECT_GT(progress_[i].done, progress_[i - 1].done);
  }
  EXPECT_EQ(progress_.back().phase, ImportProgress::Phase::orders);
  EXPECT_EQ(progress_.back().done, 4U);
  EXPECT_EQ(progress_.back().total, 4U);
}

}  // namespace
}  // namespace cloudcart::history
