#include "analytics/app/live_feed.h"

#include <gtest/gtest.h>

#include "runtime/executor.h"
#include "support/sales_events.h"

namespace cloudcart::analytics {
namespace {

PlacedOrder placed_at(std::int64_t position, TenantId tenant = {}) {
  return {std::move(tenant), position, test::id_of<EventId>(static_cast<std::uint32_t>(position)), {}};
}

std::vector<std::int64_t> positions(const LiveFeed::News& news) {
  std::vector<std::int64_t> positions;
  for (const auto& order : news.orders) positions.push_back(order.position);
  return positions;
}

TEST(LiveFeedTest, ReadersFindWhatCameAfterTheirPosition) {
  LiveFeed feed(10);
  feed.start_at(5);
  const auto reader = feed.subscribe(TenantId{}).value();
  feed.publish(
      {.position = 8, .events = 3, .placed = {placed_at(6), placed_at(7, TenantId{"other"}), placed_at(8)}});
  EXPECT_EQ(positions(reader->news_after(5)), (std::vector<std::int64_t>{6, 8}));
  EXPECT_EQ(positions(reader->news_after(6)), (std::vector<std::int64_t>{8}));
  EXPECT_EQ(reader->news_after(8).position, 8);
  EXPECT_TRUE(reader->news_after(8).orders.empty());
}

TEST(LiveFeedTest, HoldsABoundedNumberOfOrders) {
  LiveFeed feed(10);
  const auto reader = feed.subscribe(TenantId{}).value();
  const auto count = static_cast<std::int64_t>(replay_bound) + 7;
  for (std::int64_t position = 1; position <= count; ++position)
    feed.publish({.position = position, .events = 1, .placed = {placed_at(position)}});
  const auto news = reader->news_after(0);
  EXPECT_EQ(news.orders.size(), replay_bound);
  EXPECT_EQ(news.orders.back().position, count);
}

TEST(LiveFeedTest, WhatWasPublishedBeforeIsNoNews) {
  LiveFeed feed(10);
  const auto reader = feed.subscribe(TenantId{}).value();
  feed.publish({.position = 3, .events = 1, .placed = {placed_at(3)}});
  const auto ticket = reader->ticket();
  feed.publish({.position = 3, .events = 0, .placed = {}});
  EXPECT_EQ(reader->ticket(), ticket);
  EXPECT_EQ(feed.position(), 3);
}

TEST(LiveFeedTest, WaitsEndWithNewsWithAWakeAndInTime) {
  LiveFeed feed(10);
  const auto reader = feed.subscribe(TenantId{}).value();
  const auto far = std::chrono::steady_clock::now() + std::chrono::hours{1};
  auto ticket = reader->ticket();
  feed.publish({.position = 1, .events = 1, .placed = {}});
  sync_wait(reader->wait(ticket, far));
  ticket = reader->ticket();
  std::thread other([&] { reader->wake(); });
  sync_wait(reader->wait(ticket, far));
  other.join();
  sync_wait(reader->wait(reader->ticket(), std::chrono::steady_clock::now() + milliseconds{5}));
}

TEST(LiveFeedTest, RefusesMoreReadersThanItsBoundUntilOneGoes) {
  LiveFeed feed(1);
  auto reader = feed.subscribe(TenantId{});
  ASSERT_TRUE(reader);
  EXPECT_EQ(feed.subscribe(TenantId{}).error().code, ErrorCode::overloaded);
  reader->reset();
  EXPECT_EQ(feed.readers(), 0u);
  EXPECT_TRUE(feed.subscribe(TenantId{}));
}

}  // namespace
}  // namespace cloudcart::analytics
