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

TEST(LiveFeedTest, TellsInPortions) {
  LiveFeed feed(10);
  const auto reader = feed.subscribe(TenantId{}).value();
  feed.publish(
      {.position = 9,
       .events = 4,
       .placed = {placed_at(1), placed_at(2), placed_at(3, TenantId{"other"}), placed_at(4), placed_at(5)}});
  const auto first = reader->news_after(0, 2);
  EXPECT_EQ(positions(first), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(first.position, 2) << "no further than what was told";
  const auto second = reader->news_after(2, 2);
  EXPECT_EQ(positions(second), (std::vector<std::int64_t>{4, 5}));
  EXPECT_EQ(second.position, 9);
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

std::vector<std::string> texts(const LiveFeed::Reader& reader, LiveTopic topic, std::int64_t after = 0) {
  std::vector<std::string> texts;
  for (const auto& message : reader.messages_after(topic, after)) texts.push_back(message.json);
  return texts;
}

TEST(LiveFeedTest, AMessageTakesThePlaceOfTheOneAboutTheSame) {
  LiveFeed feed(10);
  const auto reader = feed.subscribe(TenantId{}, {LiveTopic::stock}).value();
  feed.publish(LiveTopic::stock, {}, "cup", "cup 1");
  feed.publish(LiveTopic::stock, {}, "pot", "pot 1");
  const auto seen = reader->last_message();
  feed.publish(LiveTopic::stock, {}, "cup", "cup 2");
  feed.publish(LiveTopic::stock, TenantId{"other"}, "cup", "another shop's");
  feed.publish(LiveTopic::alerts, {}, "1", "alert");
  EXPECT_EQ(texts(*reader, LiveTopic::stock), (std::vector<std::string>{"pot 1", "cup 2"}));
  EXPECT_EQ(texts(*reader, LiveTopic::stock, seen), (std::vector<std::string>{"cup 2"}));
  EXPECT_EQ(texts(*reader, LiveTopic::alerts), (std::vector<std::string>{"alert"}));
}

TEST(LiveFeedTest, HoldsABoundedNumberOfMessages) {
  LiveFeed feed(10);
  const auto reader = feed.subscribe(TenantId{}, {LiveTopic::alerts}).value();
  for (std::size_t i = 0; i < replay_bound + 7; ++i)
    feed.publish(LiveTopic::alerts, {}, std::to_string(i), std::to_string(i));
  EXPECT_EQ(texts(*reader, LiveTopic::alerts).size(), replay_bound);
  EXPECT_EQ(texts(*reader, LiveTopic::alerts).front(), "7");
}

TEST(LiveFeedTest, WakesOnlyThoseWhoFollow) {
  LiveFeed feed(10);
  const auto reader = feed.subscribe(TenantId{}, {LiveTopic::alerts}).value();
  const auto ticket = reader->ticket();
  feed.publish(LiveTopic::stock, {}, "1", "");
  feed.publish(LiveTopic::alerts, TenantId{"other"}, "1", "");
  feed.publish({.position = 1, .events = 1, .placed = {placed_at(1)}});
  EXPECT_EQ(reader->ticket(), ticket);
  feed.publish(LiveTopic::alerts, {}, "2", "");
  EXPECT_NE(reader->ticket(), ticket);
}

TEST(LiveFeedTest, TellsWhichShopsFollowATopic) {
  LiveFeed feed(10);
  const auto here = feed.subscribe(TenantId{}, {LiveTopic::stock}).value();
  auto there = feed.subscribe(TenantId{"other"}, {LiveTopic::orders}).value();
  EXPECT_EQ(feed.shops_following(LiveTopic::stock), (std::set<TenantId>{{}}));
  there->follow({LiveTopic::stock});
  EXPECT_EQ(feed.shops_following(LiveTopic::stock), (std::set<TenantId>{{}, {"other"}}));
  there.reset();
  EXPECT_EQ(feed.shops_following(LiveTopic::stock), (std::set<TenantId>{{}}));
}

}  // namespace
}  // namespace cloudcart::analytics
