#include "postgres_experiments.h"
#include "quality_contract.h"
#include "support/on_threads.h"

namespace cloudcart::recommendation {
namespace {

struct PostgresQuality {
  PostgresQuality() { reopen(); }
  QualityLedger& ledger() { return process_->days; }
  void reopen() {
    process_.reset();
    process_.emplace(schema);
  }
  test::PostgresSchema schema;

 private:
  std::optional<PostgresExperimentAdapters> process_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Postgres, QualityContract, PostgresQuality);

using PostgresQualityRaces = QualityContract<PostgresQuality>;

TEST_F(PostgresQualityRaces, WhatSeveralAddAtOnceAddsUp) {
  PostgresExperimentAdapters other{fixture.schema};
  const auto added = test::on_threads(8, [&](std::size_t thread) {
    auto& ledger = thread % 2 ? fixture.ledger() : other.days;
    bool all = true;
    for (int round = 0; round < 20; ++round) {
      std::vector<QualityDay> days{day(1, QualityTask::next, 2), day(2, QualityTask::basket, 4)};
      if (thread % 3 == 0) std::ranges::reverse(days);
      all = all && sync_wait(ledger.add(std::move(days), Deadline::max())).has_value();
    }
    return all;
  });
  EXPECT_EQ(std::ranges::count(added, true), 8);
  const auto read_back = read(1, 2);
  ASSERT_EQ(read_back.size(), 2U);
  EXPECT_EQ(read_back[0].tally.cases, 8 * 20 * 2);
  EXPECT_EQ(read_back[1].tally.cases, 8 * 20 * 4);
}

}  // namespace
}  // namespace cloudcart::recommendation
