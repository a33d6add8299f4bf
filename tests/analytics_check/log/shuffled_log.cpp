#include <charconv>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "adapters/sqlite/analytics/sqlite_analytics_store.h"
#include "adapters/sqlite/order/sqlite_event_log.h"
#include "analytics_check/log/questions.h"
#include "runtime/executor.h"
#include "support/temp_folder.h"

namespace cloudcart::analytics {
namespace {

constexpr std::string_view usage =
    "shuffled_log: feeds the analytics with the event log of a data folder, once as it is and once doubled "
    "and\n"
    "shuffled, and compares what the two answer\n"
    "  shuffled_log --data-dir DIR [--seed N] [--doubled PERCENT] [--rounds N] [--questions N] [--lose-one]\n"
    "  --data-dir   a folder that nobody serves; its order store is only read\n"
    "  --doubled    how many of the events come a second time (default: 50)\n"
    "  --rounds     how often it is shuffled anew (default: 1)\n"
    "  --questions  random ones, beside the fixed ones (default: 400)\n"
    "  --lose-one   leaves one sale out, which must be noticed\n"
    "Exit status 0: all answers are equal; 1: not.\n";

struct Command {
  std::string data_dir;
  std::uint32_t seed = 1, doubled = 50, rounds = 1, questions = 400;
  bool loses_one = false;
};

std::optional<Command> parse(const std::vector<std::string_view>& words) {
  Command command;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = words[i];
    if (word == "--lose-one") {
      command.loses_one = true;
      continue;
    }
    const auto value = i + 1 < words.size() ? words[++i] : std::string_view{};
    if (word == "--data-dir") {
      command.data_dir = value;
      continue;
    }
    auto* number = word == "--seed"        ? &command.seed
                   : word == "--doubled"   ? &command.doubled
                   : word == "--rounds"    ? &command.rounds
                   : word == "--questions" ? &command.questions
                                           : nullptr;
    if (!number) return std::nullopt;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), *number);
    if (error != std::errc{} || end != value.data() + value.size()) return std::nullopt;
  }
  if (command.data_dir.empty()) return std::nullopt;
  return command;
}

using Log = std::vector<events::LogRecord>;
constexpr auto no_deadline = Deadline::max();

Log read_all(const std::string& data_dir, OffloadPool& readers) {
  sqlite::Store store(data_dir, "order", readers, {.read_only = true});
  order::OutboxTail tail(store);
  order::SqliteEventLog source(store, tail);
  Log log;
  for (;;) {
    auto records = sync_wait(source.read(log.empty() ? 0 : log.back().position, 1000, no_deadline)).value();
    if (records.empty()) return log;
    std::ranges::move(records, std::back_inserter(log));
  }
}

/// A store that has been fed, on a file of its own.
class Fed {
 public:
  explicit Fed(Currency currency) : currency_(currency) { open(); }

  void apply(const Log& batch) {
    dead_letters_ += sync_wait(store_->apply(batch, no_deadline)).value().dead_letters;
  }
  /// As after a restart: everything is read from the file again.
  void open() {
    store_.reset();
    file_.reset();
    file_ = std::make_unique<sqlite::Store>(folder_.path(), "analytics", readers_);
    store_ = std::make_unique<SqliteAnalyticsStore>(
        *file_, readers_, SqliteAnalyticsStore::Options{zones().front(), currency_});
  }
  SqliteAnalyticsStore& store() { return *store_; }
  std::size_t dead_letters() const { return dead_letters_; }

 private:
  const Currency currency_;
  test::TempFolder folder_;
  OffloadPool readers_{"reader", 1, 100};
  std::unique_ptr<sqlite::Store> file_;
  std::unique_ptr<SqliteAnalyticsStore> store_;
  std::size_t dead_letters_ = 0;
};

/// In batches of up to `most` records.
void feed(Fed& fed, const Log& log, std::mt19937& random, std::size_t most) {
  for (std::size_t from = 0; from < log.size();) {
    const auto size = std::min(1 + random() % most, log.size() - from);
    const auto begin = log.begin() + static_cast<std::ptrdiff_t>(from);
    fed.apply({begin, begin + static_cast<std::ptrdiff_t>(size)});
    from += size;
  }
}

Log doubled_and_shuffled(Log log, const Command& command, std::mt19937& random) {
  if (command.loses_one)
    log.erase(std::ranges::find_if(log, [](const auto& record) { return record.event.is_created(); }));
  const auto once = log.size();
  for (std::size_t i = 0; i < once; ++i)
    if (random() % 100 < command.doubled) log.push_back(log[i]);
  std::ranges::shuffle(log, random);
  for (std::size_t i = 0; i < log.size(); ++i) log[i].position = static_cast<std::int64_t>(i) + 1;
  return log;
}

/// Compares two stores, and counts.
class Comparison {
 public:
  Comparison(SqliteAnalyticsStore& straight, SqliteAnalyticsStore& shuffled)
      : straight_(straight), shuffled_(shuffled) {}

  void everything(const Named& named, std::mt19937& random, std::size_t questions) {
    totals();
    for (const auto& asked : fixed_questions(named)) ask(asked);
    for (const auto& asked : random_questions(named, random, questions)) ask(asked);
    reports(named, random);
  }
  std::size_t compared() const { return compared_; }
  std::size_t rows() const { return rows_; }
  std::size_t differences() const { return differences_; }

 private:
  template <class Ask>
  auto both(Ask ask) {
    return std::pair{sync_wait(ask(straight_)), sync_wait(ask(shuffled_))};
  }
  void same(bool equal, std::string_view about) {
    ++compared_;
    if (equal) return;
    if (++differences_ <= 20) fmt::print("  differs: {}\n", about);
  }

  void totals() {
    const auto [left, right] = both([](auto& store) { return store.totals({}, no_deadline); });
    same(left.value().all == right.value().all, "totals of what is stored");
    same(left.value().by_utc_day == right.value().by_utc_day, "totals of what is stored, by day");
  }
  void ask(const Asked& asked) {
    const auto [left, right] =
        both([&](auto& store) { return store.ask({}, {{asked.query}, 100}, no_deadline); });
    // The one refuses what the other refuses.
    if (!left || !right) return same(left.has_value() == right.has_value(), asked.about);
    rows_ += left->answers[0].rows.size();
    same(left->answers == right->answers && left->recent_orders == right->recent_orders &&
             left->progress.last_event_at == right->progress.last_event_at,
         asked.about);
  }
  void reports(const Named& named, std::mt19937& random) {
    const auto [first, second] = both([](auto& store) { return store.extent({}, no_deadline); });
    same(first.value() == second.value(), "extent");
    // They come in no particular order.
    auto [ours, theirs] = both([](auto& store) { return store.customers({}, no_deadline); });
    for (auto* profiles : {&ours.value(), &theirs.value()})
      std::ranges::sort(*profiles, {}, &CustomerProfile::user);
    rows_ += ours.value().size();
    same(ours.value() == theirs.value(), "customers");
    for (const auto& zone : zones()) {
      const auto last = zone.date_of(named.extent.last);
      const auto first_of_so_many = add_days(last, -30 * static_cast<int>(max_cohort_months - 2));
      const DateRange dates{std::max(zone.date_of(named.extent.first), first_of_so_many), last};
      const auto months = time_axis(Dimension::month, dates, zone).axis;
      const auto [left, right] = both([&](auto& store) { return store.cohorts({}, months, no_deadline); });
      rows_ += left.value().size();
      same(left.value() == right.value(), "cohorts, " + zone.name());
    }
    for (int i = 0; i < 100; ++i) {
      const auto product = std::get<ProductId>(named.products[random() % named.products.size()]);
      const auto [left, right] =
          both([&](auto& store) { return store.companions({}, product, all_time, 100, no_deadline); });
      rows_ += left.value() ? left.value()->others.size() : 0;
      same(left.value() == right.value(), "companions of " + product.to_string());
    }
  }

  SqliteAnalyticsStore& straight_;
  SqliteAnalyticsStore& shuffled_;
  std::size_t compared_ = 0, rows_ = 0, differences_ = 0;
};

void print(std::string_view name, const Comparison& comparison) {
  fmt::print("{:28} {:6} answers of {:9} rows compared, {} differ\n", name, comparison.compared(),
             comparison.rows(), comparison.differences());
}

int run(const Command& command) {
  OffloadPool readers("log-reader", 1, 100);
  const auto log = read_all(command.data_dir, readers);
  if (log.empty()) {
    fmt::print("There is no event in {}.\n", command.data_dir);
    return 1;
  }
  const auto named = named_in(log);
  const auto currency = log.front().event.currency;
  std::mt19937 random(command.seed);
  Fed straight(currency);
  feed(straight, log, random, 1000);
  std::size_t differences = 0;
  for (std::uint32_t round = 1; round <= command.rounds; ++round) {
    Fed shuffled(currency);
    const auto other = doubled_and_shuffled(log, command, random);
    fmt::print("{} events, {} of them twice, shuffled with seed {}, round {}\n", log.size(),
               other.size() - log.size() + command.loses_one, command.seed, round);
    feed(shuffled, other, random, 2000);
    const auto compare = [&](std::string_view name) {
      Comparison comparison(straight.store(), shuffled.store());
      comparison.everything(named, random, command.questions);
      print(name, comparison);
      differences += comparison.differences();
    };
    compare("as the events came");
    shuffled.open();
    compare("as read from the file again");
    if (straight.dead_letters() + shuffled.dead_letters() > 0) {
      fmt::print("  {} dead letters\n", straight.dead_letters() + shuffled.dead_letters());
      ++differences;
    }
  }
  return differences == 0 ? 0 : 1;
}

}  // namespace
}  // namespace cloudcart::analytics

int main(int argc, char** argv) {
  const auto command = cloudcart::analytics::parse({argv + 1, argv + argc});
  if (!command) {
    fmt::print(stderr, "{}", cloudcart::analytics::usage);
    return 2;
  }
  try {
    return cloudcart::analytics::run(*command);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
