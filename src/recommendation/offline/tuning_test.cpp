#include "recommendation/offline/tuning.h"

#include <gtest/gtest.h>

namespace cloudcart::recommendation::offline {
namespace {

const TuneReport report{.choices = {{"trending", 0.5, 0.125}, {"a.long.parameter", 15, 30}},
                        .gains = {{TaskKind::basket, "NDCG@10", 1200, 0.171, 0.1834},
                                  {TaskKind::first_order, "NDCG@10", 80, 0.08, 0.0775}}};

TEST(TuneReportTest, ProcessesReadWhatWasChosen) {
  EXPECT_EQ(to_json(report), R"({"weights":{"trending":0.125,"a.long.parameter":30}})");
}

TEST(TuneReportTest, PeopleSeeWhatItGains) {
  EXPECT_EQ(to_text(report),
            "parameter            default      chosen\n"
            "trending                 0.5       0.125\n"
            "a.long.parameter          15          30\n"
            "\n"
            "task        queries  metric        default   chosen      gain\n"
            "basket         1200  NDCG@10        0.1710   0.1834   +0.0124\n"
            "cold             80  NDCG@10        0.0800   0.0775   -0.0025\n");
}

}  // namespace
}  // namespace cloudcart::recommendation::offline
