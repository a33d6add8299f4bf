#include "analytics/http/shared_overviews.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "analytics/http/answers.h"

namespace cloudcart::analytics {
namespace {

/// Different questions that are remembered; beyond, all are forgotten and asked anew.
constexpr std::size_t max_entries = 256;

/// Equal of requests for the same overview: the default is the same as what it stands for.
std::string key_of(const TenantId& tenant, const PeriodRequest& request) {
  const auto dates = request.dates.transform(
      [](const DateRange& range) { return to_date_string(range.from) + '/' + to_date_string(range.to); });
  const auto zone = request.zone.transform([](const TimeZone& given) { return given.name(); });
  const auto days = request.dates ? 0 : request.days.value_or(GetDashboard::default_days);
  return fmt::format("{}|{}|{}|{}|{}", tenant.value, dates.value_or(""), days, zone.value_or(""),
                     to_string(request.comparison.value_or(Comparison::previous_period)));
}

}  // namespace

Date SharedOverviews::today(const PeriodRequest& request) const {
  return day_of(app_.clock().now(), request.zone.value_or(app_.shop().time_zone));
}

bool SharedOverviews::is_current(const Overview& overview, const PeriodRequest& request) const {
  return overview.position >= app_.live_feed.position() &&
         overview.amendments >= app_.live_feed.amendments() && overview.today == today(request);
}

std::shared_ptr<SharedOverviews::Entry> SharedOverviews::entry_of(const TenantId& tenant,
                                                                  const PeriodRequest& request) {
  auto key = key_of(tenant, request);
  const std::scoped_lock lock(mutex_);
  if (entries_.size() >= max_entries && !entries_.contains(key)) entries_.clear();
  auto& entry = entries_[std::move(key)];
  if (!entry) entry = std::make_shared<Entry>();
  return entry;
}

Task<SharedOverviews::Answer> SharedOverviews::current(TenantId tenant, PeriodRequest request,
                                                       Deadline deadline) {
  const auto entry = entry_of(tenant, request);
  bool waited = false;
  for (;;) {
    Notifier::Ticket ticket;
    {
      const std::scoped_lock lock(mutex_);
      // Who has waited takes what came of it, even if a moment old or an error: readers ask again anyway.
      const bool good = entry->latest && *entry->latest && is_current(**entry->latest, request);
      if (good || waited) co_return entry->latest;
      ticket = entry->computed.ticket();
      if (!std::exchange(entry->computing, true)) break;
    }
    co_await entry->computed.wait(ticket, MonotonicTime::max());
    waited = true;
  }
  Answer answer = fail(ErrorCode::internal, "The overview cannot be made.");
  try {
    answer = co_await compute(std::move(tenant), std::move(request), deadline);
  } catch (const std::exception& defect) {
    // Those who wait must be told, or they would wait for ever.
    spdlog::error("the overview of the live stream failed: {}", defect.what());
  }
  {
    const std::scoped_lock lock(mutex_);
    entry->latest = answer;
    entry->computing = false;
  }
  entry->computed.notify_all();
  co_return answer;
}

Task<SharedOverviews::Answer> SharedOverviews::compute(TenantId tenant, PeriodRequest request,
                                                       Deadline deadline) {
  const auto date = today(request);
  const auto amendments = app_.live_feed.amendments();
  Caller caller;
  caller.tenant = std::move(tenant);
  caller.deadline = deadline;
  CLOUDCART_CO_TRY(const auto report, co_await app_.get_dashboard(std::move(caller), std::move(request)));
  co_return std::make_shared<const Overview>(dashboard_json(report, app_.shop()).str(),
                                             report.report.progress.position, amendments, date);
}

}  // namespace cloudcart::analytics
