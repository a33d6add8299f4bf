#include "analytics/app/check_alerts.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace cloudcart::analytics {
namespace {

constexpr seconds round_limit{30};
/// How long a wait for news lasts at most before the stop flag is looked at.
constexpr milliseconds wait_slice{500};
/// A round may take a fifth of the time.
constexpr int rest_for_work = 4;
/// Rules of one question to the cube: other readers come in between.
constexpr std::ptrdiff_t rules_at_once = 16;

}  // namespace

Task<Result<std::size_t>> CheckAlerts::operator()(Deadline deadline) {
  co_await look_at_the_log(deadline);
  CLOUDCART_CO_TRY(auto watched, co_await alerts_.watched(deadline));
  Result<std::size_t> changed = 0;
  for (auto first = watched.begin(); first != watched.end();) {
    const auto tenant = first->tenant;
    const auto longest = first + std::min(rules_at_once, watched.end() - first);
    const auto last =
        std::find_if(first, longest, [&](const WatchedRule& each) { return each.tenant != tenant; });
    std::vector<WatchedRule> rules(first, last);
    auto count = co_await check(tenant, std::move(rules), deadline);
    if (!count) {
      changed = std::unexpected(std::move(count).error());
    } else if (changed) {
      *changed += *count;
    }
    first = last;
  }
  co_return changed;
}

/// When the log does not answer, what was seen last stands.
Task<void> CheckAlerts::look_at_the_log(Deadline deadline) {
  const auto now = Executor::current()->now();
  if (log_end_ && now < next_look_at_log_) co_return;
  if (const auto end = co_await log_.end_position(deadline)) log_end_ = *end;
  next_look_at_log_ = now + options_.lag;
}

Task<Result<std::size_t>> CheckAlerts::check(TenantId tenant, std::vector<WatchedRule> rules,
                                             Deadline deadline) {
  const auto now = clock_.now();
  CubeQuestions questions;
  std::vector<std::size_t> first_of;
  for (const auto& watched : rules) {
    first_of.push_back(questions.queries.size());
    for (auto& question : questions_of(watched.rule, now)) questions.queries.push_back(std::move(question));
  }
  first_of.push_back(questions.queries.size());
  CLOUDCART_CO_TRY(const auto answers, co_await cube_.ask(std::move(tenant), std::move(questions), deadline));
  const auto position = answers.progress.position;
  std::size_t changed = 0;
  if (!log_end_ || position < *log_end_) co_return changed;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const auto of_rule = std::span{answers.answers}.subspan(first_of[i], first_of[i + 1] - first_of[i]);
    const auto reading = reading_of(rules[i].rule, of_rule);
    CLOUDCART_CO_TRY(const auto has_changed,
                     co_await decide(std::move(rules[i]), reading, now, position, deadline));
    changed += has_changed;
  }
  co_return changed;
}

Task<Result<bool>> CheckAlerts::decide(WatchedRule watched, AlertReading reading, Timestamp now,
                                       std::int64_t position, Deadline deadline) {
  const auto change = next_change(watched.rule, watched.state, reading, now);
  if (!change) co_return false;
  auto event = event_of(watched.rule, watched.state, *change, AlertReason::measured,
                        ids_.next_id<AlertEventId>(), now);
  event.reading = reading;
  event.position = position;
  const auto tenant = watched.tenant;
  CLOUDCART_CO_TRY(const auto recorded, co_await alerts_.record(std::move(watched), event, deadline));
  if (!recorded) co_return false;
  spdlog::info("alert '{}' {}", event.alert_name, to_string(event.change));
  news_.tell(tenant, event);
  co_return true;
}

Task<void> CheckAlerts::run(BackgroundLoops::StopFlag stop) {
  auto reader = feed_.subscribe(TenantId{});
  while (!reader && !stop.stopping()) {
    co_await stop.sleep_for(options_.longest_rest);
    reader = feed_.subscribe(TenantId{});
  }
  while (!stop.stopping()) {
    const auto began = Executor::current()->now();
    const auto position = feed_.position();
    auto done = Result<std::size_t>{0};
    if (leadership_.leads()) done = co_await (*this)(began + round_limit);
    // The same failure again and again is said once.
    if (const auto failure = done ? std::string{} : done.error().message; failure != last_failure_) {
      if (!done) spdlog::warn("cannot check the alerts, trying again: {}", failure);
      last_failure_ = failure;
    }
    co_await rest(stop, **reader, position, began);
  }
}

/// Until something was applied beyond `position`, but not too short a time, nor too long a one.
Task<void> CheckAlerts::rest(BackgroundLoops::StopFlag stop, LiveFeed::Reader& reader, std::int64_t position,
                             MonotonicTime began) {
  const auto done = Executor::current()->now();
  const auto took = std::chrono::ceil<milliseconds>(done - began);
  co_await stop.sleep_for(std::max(options_.pace, rest_for_work * took));
  const auto until = done + options_.longest_rest;
  while (!stop.stopping()) {
    const auto ticket = reader.ticket();
    const auto now = Executor::current()->now();
    if (now >= until || feed_.position() != position) co_return;
    co_await reader.wait(ticket, std::min(until, now + wait_slice));
  }
}

}  // namespace cloudcart::analytics
