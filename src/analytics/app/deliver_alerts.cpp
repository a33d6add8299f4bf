#include "analytics/app/deliver_alerts.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "analytics/domain/alert_json.h"

namespace cloudcart::analytics {
namespace {

constexpr seconds store_limit{10};
/// How long a wait lasts at most before the stop flag, and the store, are looked at.
constexpr milliseconds wait_slice{500};
/// How much longer than an attempt may take nobody else makes it: there is its result to be stored.
constexpr milliseconds claim_margin{5'000};

std::string test_event_json(const AlertRule& rule, AlertEventId id, Timestamp now) {
  JsonWriter json;
  json.begin_object().field("event_id", id).field("type", "alert.test");
  json.field("alert_id", rule.id).field("alert_name", rule.name).field("at", now).end_object();
  return std::move(json).str();
}

}  // namespace

Task<void> DeliverAlerts::run(BackgroundLoops::StopFlag stop) {
  while (!stop.stopping()) {
    const auto ticket = changed_.ticket();
    const auto next_look = co_await start_due();
    co_await changed_.wait(ticket, next_look);
  }
  stopping_ = true;
  sender_.stop();
  while (!under_way_.empty()) {
    const auto ticket = changed_.ticket();
    if (!under_way_.empty()) co_await changed_.wait(ticket, Executor::current()->now() + wait_slice);
  }
}

/// Begins what is due, as far as there is room, and answers when to look again.
Task<MonotonicTime> DeliverAlerts::start_due() {
  const auto next_look = Executor::current()->now() + wait_slice;
  if (!leadership_.leads()) co_return next_look;
  const auto now = clock_.now();
  // Those under way may not be claimed yet, and are due then.
  auto due =
      co_await alerts_.due(now + wait_slice, options_.parallel + under_way_.size(), next_look + store_limit);
  if (!due) {
    spdlog::warn("cannot look for webhooks to call, trying again: {}", due.error().message);
    co_return Executor::current()->now() + wait_slice;
  }
  auto soonest = wait_slice;
  for (auto& each : *due) {
    if (under_way_.contains({each.tenant, each.event.id})) continue;
    if (under_way_.size() >= options_.parallel) break;
    const auto pause = *each.delivery.next_attempt_at - now;
    if (pause > milliseconds{0}) {
      soonest = std::min(soonest, pause);
    } else {
      begin(std::move(each));
    }
  }
  co_return Executor::current()->now() + soonest;
}

/// run() waits for it at the end.
void DeliverAlerts::begin(DueDelivery due) {
  const std::pair key{due.tenant, due.event.id};
  under_way_.insert(key);
  start(deliver(std::move(due)), [this, key](const auto& outcome) {
    if (outcome.index() == 1) {
      spdlog::critical("a webhook's delivery failed by an exception");
      std::terminate();
    }
    under_way_.erase(key);
    changed_.notify_all();
  });
}

Task<void> DeliverAlerts::deliver(DueDelivery due) {
  const auto now = clock_.now();
  const DeliveryClaim claim{
      .attempts = due.delivery.attempts, .now = now, .until = now + options_.attempt_limit + claim_margin};
  const auto claimed =
      co_await alerts_.claim(due.tenant, due.event.id, claim, Executor::current()->now() + store_limit);
  if (!claimed || !*claimed) {
    // Another process is at it, or the store says nothing. It may be due again at once, and is worth a look after a moment.
    co_await sleep_until(Executor::current()->now() + wait_slice);
    co_return;
  }
  WebhookCall call{.webhook = due.webhook, .event = due.event.id, .body = event_json(due.event), .at = now};
  const auto sent =
      co_await sender_.send(std::move(call), Executor::current()->now() + options_.attempt_limit);
  // An attempt that the end of the process cut off says nothing about the receiver.
  if (!sent && stopping_) {
    (void)co_await alerts_.release(due.tenant, due.event.id, claim, Executor::current()->now() + store_limit);
    co_return;
  }
  co_await settle(std::move(due), sent ? std::string{} : sent.error().message);
}

Task<void> DeliverAlerts::settle(DueDelivery due, std::string error) {
  auto after = after_attempt(due.delivery, options_.retries, std::move(error), clock_.now(), chance_.next());
  if (!after.last_error.empty()) ++attempts_failed_;
  if (after.status == DeliveryStatus::given_up) {
    ++given_up_;
    spdlog::warn("gave up calling the webhook of alert '{}' after {} attempts: {}", due.event.alert_name,
                 after.attempts, after.last_error);
  }
  const auto deadline = Executor::current()->now() + store_limit;
  const auto stored = co_await alerts_.settle(due.tenant, due.event.id, std::move(after), deadline);
  if (!stored)
    spdlog::warn("cannot store that a webhook was called, it will be called again: {}",
                 stored.error().message);
}

Task<Status> DeliverAlerts::send_test(Caller caller, AlertId id) {
  CLOUDCART_CO_TRY(auto watched, co_await alerts_.find(std::move(caller.tenant), id, caller.deadline));
  auto& rule = watched.rule;
  if (!rule.webhook) co_return fail(ErrorCode::conflict, "The alert has no webhook; give it one first.");
  const auto event = ids_.next_id<AlertEventId>();
  const auto now = clock_.now();
  WebhookCall call{.webhook = *std::move(rule.webhook),
                   .event = event,
                   .body = test_event_json(rule, event, now),
                   .at = now};
  const auto limit = Executor::current()->now() + options_.attempt_limit;
  co_return co_await sender_.send(std::move(call), std::min(limit, caller.deadline));
}

}  // namespace cloudcart::analytics
